import { z } from 'zod'
import { findLatestDigest } from '../../digests/index.ts'
import { dayOrderOf, formatDay } from '../../kernel/format-day.ts'
import type { Locale, Messages } from '../../kernel/messages.ts'
import { getNewsletter, textIn } from '../../newsletters/index.ts'
import {
	type ConfirmationView,
	confirmSubscription,
	type ResendDeps,
	resendConfirmation,
	viewConfirmation,
} from '../../subscriptions/index.ts'
import type { PageName } from '../server/page-names.ts'
import {
	type Answer,
	defineRoute,
	privatePageHeaders,
	type RequestContext,
	type Route,
} from '../server/route.ts'
import { describeNewsletter, linkLanguages } from './describe-newsletter.ts'
import { signupCookie, signupCookieName } from './signup-cookie.ts'

export type ConfirmRoutesDeps = Omit<ResendDeps, 'config'> & {
	config: ResendDeps['config'] & { publicUrl: string; recordIp: boolean }
	messages: Messages
	captured: object | undefined
}

const shared = {
	tag: 'Subscribing',
	access: 'public',
	params: z.object({ token: z.string().meta({ description: 'From the confirmation mail' }) }),
	query: z.object({ locale: z.string().optional().meta({ description: 'The language of the page' }) }),
} as const
const html = { contentType: 'text/html' }
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
			responses: { 200: { description: 'Confirmed, now or before', ...html }, ...outcomes },
			handle: async ({ params: { token }, query, request }) => {
				const page = `${deps.config.publicUrl}/confirm`
				const view = await confirmSubscription(deps, { token, page, ip: request.ip })
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
				const answer = await showPage(deps, 'visitors/check-mail', resent, { token, wanted: query.locale })
				return { ...answer, cookies: [signupCookie(deps.config, resent.newsletter, resent.proof)] }
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
	showing: Showing,
): Promise<Answer> {
	const template = view.standing === 'open' ? 'visitors/confirm' : 'visitors/confirm-answer'
	const answer = await showPage(deps, template, view, showing)
	if (view.standing === 'confirmed') await addLatest(deps, answer, view)
	return { ...answer, status: statuses[view.standing] }
}

/** What a new reader may begin with: the digest that went out last. */
async function addLatest(
	deps: ConfirmRoutesDeps,
	answer: Answer & { page: PageName; locale: Locale; data?: Record<string, unknown> },
	view: ConfirmationView,
): Promise<void> {
	const { id, schedule, texts } = await getNewsletter(deps, { slug: view.newsletter })
	const latest = await findLatestDigest(deps, id, answer.locale)
	if (!latest) return
	const timeZone = schedule?.timeZone ?? 'UTC'
	const order = dayOrderOf(
		timeZone,
		texts.map((text) => text.locale),
	)
	const day = formatDay(latest.createdAt, { locale: answer.locale, timeZone, order })
	answer.data = { ...answer.data, latest: { path: latest.path, day } }
}

async function showPage(
	deps: ConfirmRoutesDeps,
	template: PageName,
	view: Pick<ConfirmationView, 'newsletter' | 'locale' | 'maskedAddress'> & { standing?: string },
	{ token, wanted, ...more }: Showing,
): Promise<Answer & { page: PageName; locale: Locale; data?: Record<string, unknown> }> {
	const newsletter = await getNewsletter(deps, { slug: view.newsletter })
	const locales = newsletter.texts.map((text) => text.locale)
	const chosen: Locale = locales.find((locale) => locale === wanted) ?? textIn(newsletter, view.locale).locale
	return {
		page: template,
		locale: chosen,
		headers: privatePageHeaders,
		data: {
			...more,
			site: describeNewsletter(newsletter, chosen),
			languages: linkLanguages(locales, chosen, (locale) => `/confirm/${token}?locale=${locale}`),
			token,
			standing: view.standing,
			address: view.maskedAddress,
			captured: deps.captured !== undefined,
		},
	}
}

function showUnknown(request: RequestContext): Answer {
	const { locale } = request
	return { status: 404, page: 'visitors/confirm-unknown', locale, framed: true, headers: privatePageHeaders }
}
