import { findLatestDigest } from '../../digests/index.ts'
import { formatDay } from '../../kernel/format-day.ts'
import type { Messages } from '../../kernel/messages.ts'
import { datesOf } from '../../newsletters/index.ts'
import {
	type ConfirmationView,
	confirmSubscription,
	preferencesUrl,
	type ResendDeps,
	resendConfirmation,
	viewConfirmation,
} from '../../subscriptions/index.ts'
import {
	type Answer,
	defineRoute,
	privatePageHeaders,
	type RequestContext,
	type Route,
} from '../server/route.ts'
import { type NoteOnMailDeps, noteOnMail } from './note-on-mail.ts'
import { signupCookie, signupCookieName } from './signup-cookie.ts'
import { shownVersion } from './subscribe-input.ts'
import { describeTokenPage, html, type TokenPage, tokenInput } from './token-page.ts'

export type ConfirmRoutesDeps = Omit<ResendDeps, 'config'> &
	NoteOnMailDeps & {
		config: ResendDeps['config'] & { publicUrl: string; recordIp: boolean }
		messages: Messages
	}

const shared = {
	tag: 'Subscribing',
	access: 'public',
	...tokenInput('From the confirmation mail'),
} as const
const outcomes = {
	404: { description: 'No such link', ...html },
	409: { description: 'The person asked never to be mailed', ...html },
	410: { description: 'The link has expired or was used; a new one is offered', ...html },
}

/** The page of a confirmation link: looking at it changes nothing, its button confirms (mail-rules P1, P2). */
export function confirmRoutes(deps: ConfirmRoutesDeps): Route[] {
	return [
		defineRoute({
			...shared,
			method: 'get',
			path: '/confirm/{token}',
			summary: 'The page of a confirmation link; changes nothing',
			responses: { 200: { description: 'A page with one button', ...html }, ...outcomes },
			handle: async ({ params: { token }, query, request }) => {
				const proofs = (newsletter: string) => request.cookie(signupCookieName(newsletter))
				const view = await viewConfirmation(deps, { token, proofs })
				if (!view) return showUnknown(request)
				return showStanding(deps, view, { token, wanted: query.locale, atOnce: view.sameBrowser })
			},
		}),
		defineRoute({
			...shared,
			method: 'post',
			path: '/confirm/{token}',
			summary: 'Confirm a subscription; twice is fine',
			query: shared.query.extend({ wording: shownVersion }),
			responses: { 200: { description: 'Confirmed, now or before', ...html }, ...outcomes },
			handle: async ({ params: { token }, query, request }) => {
				const page = `${deps.config.publicUrl}/confirm`
				const shown = { locale: query.locale, wordingVersion: query.wording }
				const view = await confirmSubscription(deps, { token, page, shown, ip: request.ip })
				if (!view) return showUnknown(request)
				return showStanding(deps, view, { token, wanted: query.locale, confirmedNow: view.confirmedNow })
			},
		}),
		defineRoute({
			...shared,
			method: 'post',
			path: '/confirm/{token}/resend',
			summary: 'Ask for a new confirmation link in place of an old one',
			responses: {
				200: { description: 'A new mail is on its way', ...html },
				404: outcomes[404],
				429: { description: 'Too often; Retry-After says when to try again', ...html },
			},
			handle: async ({ params: { token }, query, request }) => {
				const resent = await resendConfirmation(deps, { token, ip: request.ip })
				if (!resent) return showUnknown(request)
				const link = { path: '/confirm', token, wanted: query.locale } as const
				const { locale, data } = await describeTokenPage(deps, resent, link)
				return {
					page: 'visitors/check-mail',
					locale,
					headers: privatePageHeaders,
					cookies: [signupCookie(deps.config, resent.newsletter, resent.proof)],
					data: { ...data, note: await noteOnMail(deps) },
				}
			},
		}),
	]
}

const statuses: Record<ConfirmationView['standing'], number> = {
	open: 200,
	confirmed: 200,
	expired: 410,
	spent: 410,
	barred: 409,
}

type Showing = { token: string; wanted: string | undefined; atOnce?: boolean; confirmedNow?: boolean }

async function showStanding(
	deps: ConfirmRoutesDeps,
	view: ConfirmationView,
	{ token, wanted, atOnce = false, confirmedNow = false }: Showing,
): Promise<Answer> {
	const page = await describeTokenPage(deps, view, { path: '/confirm', token, wanted })
	const { locale, data } = page
	const { standing } = view
	const common = { status: statuses[standing], locale, headers: privatePageHeaders }
	if (standing === 'open') return { ...common, page: 'visitors/confirm', data: { ...data, atOnce } }
	const latest = standing === 'confirmed' ? await findLatest(deps, page) : undefined
	const link = preferencesUrl(deps, { subscriptionId: view.subscriptionId, digestId: 0 })
	const preferences = `${link.slice(deps.config.publicUrl.length)}?locale=${locale}`
	return {
		...common,
		page: 'visitors/confirm-answer',
		data: { ...data, standing, confirmedNow, latest, preferences },
	}
}

async function findLatest(
	deps: ConfirmRoutesDeps,
	{ newsletter, locale }: TokenPage,
): Promise<{ path: string; day: string } | undefined> {
	const latest = await findLatestDigest(deps, newsletter.id, locale)
	if (!latest) return undefined
	const { timeZone, dayOrder: order } = datesOf(newsletter)
	return { path: latest.path, day: formatDay(latest.createdAt, { locale, timeZone, order }) }
}

function showUnknown(request: RequestContext): Answer {
	const { locale } = request
	return { status: 404, page: 'visitors/confirm-unknown', locale, framed: true, headers: privatePageHeaders }
}
