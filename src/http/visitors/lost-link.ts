import { z } from 'zod'
import { AppError } from '../../kernel/app-error.ts'
import { displayAddress } from '../../kernel/email-address.ts'
import type { Locale } from '../../kernel/messages.ts'
import type { Newsletter } from '../../newsletters/index.ts'
import { type LostLinkDeps, sendLostLink, stampForm } from '../../subscriptions/index.ts'
import { answerError } from '../server/answer-error.ts'
import type { FormState } from '../server/page-data.ts'
import { type Answer, defineRoute, type Route } from '../server/route.ts'
import { pathOf } from './describe-newsletter.ts'
import { type NoteOnMail, noteOnMail } from './note-on-mail.ts'
import { getNewsletterIn } from './subscribe.ts'
import { locale, slug } from './subscribe-input.ts'
import { frame, type SubscribeRoutesDeps } from './subscribe-pages.ts'

const shared = {
	tag: 'Choosing',
	access: 'public',
	path: '/newsletters/{slug}/{locale}/link',
	params: z.object({ slug, locale }),
} as const
const html = { contentType: 'text/html' }

/** For who lost the mail that leads to their choices: the address, and the link comes anew. */
export function lostLinkRoutes(deps: SubscribeRoutesDeps & LostLinkDeps): Route[] {
	return [
		defineRoute({
			...shared,
			method: 'get',
			summary: 'Ask for the link to one’s choices',
			responses: {
				200: { description: 'A page with a form', ...html },
				404: { description: 'No such newsletter' },
			},
			handle: async ({ params }) => {
				const form = { email: '', started: stampForm(deps.keys, deps.clock.now()) }
				return show(await getNewsletterIn(deps, params), params.locale, { form })
			},
		}),
		defineRoute({
			...shared,
			method: 'post',
			summary: 'Have the link to one’s choices mailed',
			description: 'The answer is the same for every address, known or not.',
			body: z.object({
				email: z.string().default(''),
				website: z
					.string()
					.optional()
					.meta({ description: 'Hidden from people: what fills it is a machine' }),
				started: z.string().optional().meta({ description: 'When a page of ours was shown' }),
			}),
			bodyTypes: ['urlencoded', 'multipart'],
			bodyOptional: true,
			responses: {
				200: { description: 'The page that says what comes next', ...html },
				404: { description: 'No such newsletter' },
				// what is left out of a link that was broken on its way is left out here, too
				405: { description: 'No language, but signs that no link has: another page', ...html },
				422: { description: 'The address can’t be used; it is told which part is wrong', ...html },
				429: { description: 'Too often; Retry-After says when to try again', ...html },
			},
			handle: async ({ params, body, request }) => {
				const newsletter = await getNewsletterIn(deps, params)
				request.locale = params.locale
				const { email, website, started } = body
				const form = { email, started: started ?? '' }
				try {
					const filled = { ...(website && { trap: website }), ...(started && { started }) }
					const address = await sendLostLink(deps, { newsletter, email, form: filled, ip: request.ip })
					const sent = { address: displayAddress(address), note: await noteOnMail(deps) }
					return show(newsletter, params.locale, { form, sent })
				} catch (error) {
					if (!(error instanceof AppError) || !['invalid', 'limited'].includes(error.code)) throw error
					const {
						status,
						headers,
						body: problem,
					} = answerError(error, request.locale, deps.messages, request.id)
					const shown = show(newsletter, params.locale, { form: { ...form, error: problem } })
					return { ...shown, status, headers: { ...headers, ...shown.headers } }
				}
			},
		}),
	]
}

type Shown = { form: FormState; sent?: { address: string; note: NoteOnMail } }

function show(newsletter: Newsletter, chosen: Locale, { form, sent }: Shown): Answer {
	const toPath = (site: Newsletter, other: Locale) => `${pathOf(site, other)}/link`
	return {
		page: 'visitors/lost-link',
		locale: chosen,
		headers: { 'Cache-Control': 'no-store', 'X-Robots-Tag': 'noindex' },
		data: { ...frame(newsletter, chosen, toPath), form, sent: sent ?? null },
	}
}
