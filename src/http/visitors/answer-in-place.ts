import { z } from 'zod'
import type { Newsletter } from '../../newsletters/index.ts'
import { textIn } from '../../newsletters/index.ts'
import type { Answer, RequestContext } from '../server/route.ts'
import { describeNewsletter, findWayBack, type SiteLink } from './describe-newsletter.ts'
import { noteOnMail } from './note-on-mail.ts'
import type { SubscribeRoutesDeps } from './subscribe-pages.ts'

/** What the script for forms of other sites is answered with, in the form's language. */
export const formAnswer = z
	.discriminatedUnion('kind', [
		z.object({
			kind: z.literal('check_mail'),
			title: z.string(),
			message: z.string().meta({ description: 'What to tell the person' }),
			leadsTo: z.string().nullable().meta({ description: 'The organisation’s page to thank on' }),
		}),
		z.object({
			kind: z.literal('question'),
			message: z.string(),
			meant: z.string().meta({
				description:
					'The address that was probably meant, to be sent as `meant`; or what was typed once more, as `asked` too.',
			}),
			useMeant: z.string().meta({ description: 'What the button says that takes it' }),
		}),
		z.object({
			kind: z.literal('challenge'),
			challenge: z.string().nullable().meta({ description: 'Where it is' }),
			solver: z.string().meta({ description: 'A module that solves it' }),
		}),
	])
	.meta({ id: 'FormAnswer' })

/** Whether a form was sent by the script for forms of other sites, which shows the answer in its page. */
export function wantsJson(request: RequestContext): boolean {
	const accepted = request.header('accept') ?? ''
	return accepted.includes('application/json') && !accepted.includes('text/html')
}

/**
 * The organisation's own page to thank on, for a form that was pasted on one of its sites, also where our page finishes what
 * that form began: the form's own, else that of the newsletter. A form of our own, which says when it was shown, has none.
 */
export function findThanks(
	newsletter: Newsletter,
	{ started, thanks }: { started?: string | undefined; thanks?: string | undefined },
	locale: string,
): SiteLink | null {
	if (started) return null
	return findWayBack(newsletter, [thanks, textIn(newsletter, locale).thankYouUrl ?? undefined])
}

const headers = { 'Cache-Control': 'no-store', Vary: 'Accept, Accept-Language' }

/** That a mail is on its way: said in place, or by the page that it leads on to. */
export async function tellCheckMail(
	deps: SubscribeRoutesDeps,
	newsletter: Newsletter,
	locale: string,
	thanks: SiteLink | null,
): Promise<Answer> {
	const title = deps.messages.text(locale, 'pages.check_mail.title')
	const message = await sayWhatComes(deps, newsletter, locale)
	return { json: { kind: 'check_mail', title, message, leadsTo: thanks?.url ?? null }, headers }
}

/** That a mail comes, and where it can't come soon, that too. */
export async function sayWhatComes(
	deps: SubscribeRoutesDeps,
	newsletter: Newsletter,
	locale: string,
): Promise<string> {
	const { name } = describeNewsletter(newsletter, locale)
	const lead = deps.messages.text(locale, 'pages.check_mail.lead', { name })
	const isHeld = (await noteOnMail(deps)) === 'held'
	return isHeld ? `${lead} ${deps.messages.text(locale, 'pages.check_mail.held')}` : lead
}

/** The question whether another address was meant. */
export function tellQuestion({ messages }: SubscribeRoutesDeps, locale: string, meant: string): Answer {
	const text = (key: string) => messages.text(locale, `pages.subscribe.${key}`, { address: meant })
	return {
		json: {
			kind: 'question',
			message: `${text('meant')} ${text('meant_as_is')}`,
			meant,
			useMeant: text('meant_use'),
		},
		headers,
	}
}

/** That a challenge is to be solved first: where it is, and the module that solves it. */
export function tellChallenge({ config }: SubscribeRoutesDeps, path: string | null): Answer {
	const at = (own: string) => config.publicUrl + own
	return {
		json: { kind: 'challenge', challenge: path && at(path), solver: at('/assets/solve-challenge.js') },
		headers,
	}
}
