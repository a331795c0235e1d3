import { z } from 'zod'
import { changeScheduledNewsletter } from '../../../digests/index.ts'
import { signupQuestions } from '../../../kernel/enumerations.ts'
import { newsletterChanges } from '../../../newsletters/index.ts'
import { checkInput } from '../../server/check-input.ts'
import { consoleTag, defineRoute, type Route } from '../../server/route.ts'
import { describeNewsletter, formMark, nameOfLanguage, pathOf } from '../../visitors/describe-newsletter.ts'
import { describeQuestions } from '../../visitors/describe-questions.ts'
import { describeFrame, findOwnNewsletter } from '../describe-frame.ts'
import { describeSetup } from '../home/describe-setup.ts'
import { form, onward, responses, slugOnly } from '../route-parts.ts'
import { ticked } from '../ticked.ts'
import type { SettingsDeps } from './routes.ts'

const shared = { tag: consoleTag, access: { console: 'newsletters.change' } } as const
const base = '/console/newsletters/{slug}/forms'

/** What the form to subscribe asks for, where its own pages are, and its HTML to paste, in each language. */
export function formRoutes(deps: SettingsDeps): Route[] {
	return [
		defineRoute({
			...shared,
			...{ method: 'get', path: base, params: slugOnly, summary: 'Sign-up forms' },
			responses,
			query: z.object({ saved: z.string().optional() }),
			handle: async ({ params, query, request }) => {
				const newsletter = await findOwnNewsletter(deps, request, params.slug)
				const forms = []
				for (const { locale } of newsletter.texts) {
					const asks = await describeQuestions(deps, newsletter, locale)
					const site = describeNewsletter(newsletter, locale)
					forms.push({
						locale,
						name: nameOfLanguage(locale),
						path: pathOf(newsletter, locale),
						site,
						mark: formMark(),
						asks,
					})
				}
				return {
					page: 'console/forms',
					locale: request.locale,
					data: {
						frame: await describeFrame(deps, request, { newsletter, current: 'settings' }),
						setup: await describeSetup(deps, newsletter, request),
						slug: newsletter.slug,
						questions: signupQuestions,
						asked: newsletter.signupAsks,
						welcome: newsletter.welcome,
						forms,
						saved: query.saved === 'yes',
					},
				}
			},
		}),
		defineRoute({
			...shared,
			...form,
			...{ method: 'post', path: base, params: slugOnly, summary: 'Change what the form asks for' },
			responses: onward,
			body: z.object({ asks: ticked, welcome: z.string().optional() }),
			handle: async ({ params: { slug }, body, request }) => {
				await findOwnNewsletter(deps, request, slug)
				const signupAsks = signupQuestions.filter((question) => body.asks.includes(question))
				const changes = checkInput(newsletterChanges, { signupAsks, welcome: body.welcome === 'yes' })
				await changeScheduledNewsletter(deps, slug, changes, request.actor)
				return { redirect: `${base.replace('{slug}', slug)}?saved=yes` }
			},
		}),
	]
}
