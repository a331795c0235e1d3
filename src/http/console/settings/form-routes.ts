import { z } from 'zod'
import { changeScheduledNewsletter } from '../../../digests/index.ts'
import { signupQuestions } from '../../../kernel/enumerations.ts'
import { type Newsletter, newsletterChanges } from '../../../newsletters/index.ts'
import type { ErrorBody } from '../../server/answer-error.ts'
import { checkInput } from '../../server/check-input.ts'
import { type Answer, consoleTag, defineRoute, type RequestContext, type Route } from '../../server/route.ts'
import { describeNewsletter, nameOfLanguage, pathOf } from '../../visitors/describe-newsletter.ts'
import { describeQuestions } from '../../visitors/describe-questions.ts'
import { embeddedFiles } from '../../visitors/embedded-files.ts'
import { describeFrame, findOwnNewsletter } from '../describe-frame.ts'
import { describeSetup } from '../home/describe-setup.ts'
import { form, onward, responses, slugOnly } from '../route-parts.ts'
import { showAgain } from '../show-again.ts'
import { spokenIn } from '../spoken-in.ts'
import type { SettingsDeps } from './routes.ts'

const shared = { tag: consoleTag, access: { console: 'newsletters.change' } } as const
const base = '/console/newsletters/{slug}/forms'

/** The page's form as it was filled in; `thanks` by language. */
type Typed = { asks: string[]; welcome: boolean; sites: string; thanks: Record<string, string> }

const body = z.record(
	z.string(),
	z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat()),
)

/** What the form to subscribe asks for, which sites it stands on, where it leads, and its HTML to paste, in each language. */
export function formRoutes(deps: SettingsDeps): Route[] {
	return [
		defineRoute({
			...shared,
			...{ method: 'get', path: base, params: slugOnly, summary: 'Sign-up forms' },
			responses,
			query: z.object({ saved: z.string().optional() }),
			handle: async ({ params, query, request }) => {
				const newsletter = await findOwnNewsletter(deps, request, params.slug)
				return show(deps, request, newsletter, { typed: typedOf(newsletter), saved: query.saved === 'yes' })
			},
		}),
		defineRoute({
			...shared,
			...form,
			...{ method: 'post', path: base, params: slugOnly, summary: 'Change what the form asks for' },
			responses: onward,
			body,
			handle: async ({ params: { slug }, body, request }) => {
				const newsletter = await findOwnNewsletter(deps, request, slug)
				const typed = readTyped(newsletter, body)
				return showAgain(
					deps,
					request,
					async () => {
						const changes = checkInput(newsletterChanges, toChanges(newsletter, typed))
						await changeScheduledNewsletter(deps, slug, changes, request.actor)
						return { redirect: `${base.replace('{slug}', slug)}?saved=yes` }
					},
					(error) => show(deps, request, newsletter, { typed, error: renameFields(error) }),
				)
			},
		}),
	]
}

async function show(
	deps: SettingsDeps,
	request: RequestContext,
	newsletter: Newsletter,
	{ typed, saved = false, error }: { typed: Typed; saved?: boolean; error?: ErrorBody },
): Promise<Answer> {
	const forms = []
	for (const { locale } of newsletter.texts) {
		const asks = await describeQuestions(deps, newsletter, locale)
		const site = describeNewsletter(newsletter, locale)
		const [spoken] = spokenIn(request.locale, [locale])
		forms.push({
			...{ locale, name: nameOfLanguage(locale), spoken: spoken?.name ?? locale },
			...{ path: pathOf(newsletter, locale), site, asks },
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
			...{ typed, forms, saved, error },
			embedded: embeddedFiles,
		},
	}
}

function typedOf({ signupAsks, welcome, sites, texts }: Newsletter): Typed {
	const thanks = texts.map(({ locale, thankYouUrl }) => [locale, thankYouUrl ?? ''])
	return { asks: [...signupAsks], welcome, sites: sites.join('\n'), thanks: Object.fromEntries(thanks) }
}

function readTyped({ texts }: Newsletter, given: z.output<typeof body>): Typed {
	const one = (name: string) => given[name]?.[0]?.trim() ?? ''
	return {
		asks: given.asks ?? [],
		welcome: one('welcome') === 'yes',
		sites: one('sites'),
		thanks: Object.fromEntries(texts.map(({ locale }) => [locale, one(`thanks_${locale}`)])),
	}
}

function toChanges({ texts }: Newsletter, { asks, welcome, sites, thanks }: Typed) {
	return {
		signupAsks: signupQuestions.filter((question) => asks.includes(question)),
		welcome,
		sites: sites
			.split(/[\s,]+/)
			.filter(Boolean)
			.map(withScheme),
		texts: Object.fromEntries(
			texts.map(({ locale }) => [
				locale,
				{ thankYouUrl: thanks[locale] ? withScheme(thanks[locale]) : null },
			]),
		),
	}
}

/** People write www.example.org. */
function withScheme(address: string): string {
	return /^[a-z][a-z\d+.-]*:/i.test(address) ? address : `https://${address}`
}

/** The fields as the page calls them. */
function renameFields(error: ErrorBody): ErrorBody {
	const rename = (field: string) =>
		field.replace(/^sites\..*$/, 'sites').replace(/^texts\.(.+)\.thankYouUrl$/, 'thanks_$1')
	return { ...error, fields: error.fields.map(({ field, message }) => ({ field: rename(field), message })) }
}
