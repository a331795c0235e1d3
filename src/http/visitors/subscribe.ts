import { z } from 'zod'
import { AppError } from '../../kernel/app-error.ts'
import type { Locale } from '../../kernel/messages.ts'
import { getNewsletter, type Newsletter } from '../../newsletters/index.ts'
import { chooseLocale, isStamped, subscribe } from '../../subscriptions/index.ts'
import { type Answer, defineRoute, type RequestContext, type Route } from '../server/route.ts'
import { allowSites } from './allow-sites.ts'
import {
	findThanks,
	formAnswer,
	sayWhatComes,
	tellChallenge,
	tellCheckMail,
	tellQuestion,
	wantsJson,
} from './answer-in-place.ts'
import { challengeRoutes, findChallengePath, wantsSolution } from './challenge.ts'
import { findWayBack, pathOf } from './describe-newsletter.ts'
import { meantInstead } from './meant-instead.ts'
import { answersOfForm, answersOfProgram } from './signup-answers.ts'
import { signupCookie } from './signup-cookie.ts'
import { sourceOfForm } from './source-of-form.ts'
import { formBody, jsonBody, locale, slug } from './subscribe-input.ts'
import {
	type SubscribeRoutesDeps,
	showCheckMail,
	showForm,
	showFormCode,
	showProblem,
	showQuestion,
} from './subscribe-pages.ts'

const page = { access: 'public', tag: 'Subscribing' } as const
const html = { contentType: 'text/html' }

const errors = {
	404: { description: 'No such newsletter' },
	413: { description: 'The body is too large' },
	415: { description: 'Not an encoding that is taken' },
	422: {
		description: 'The address, an answer beside it, or the solution can’t be used; it is told what is wrong',
	},
	429: { description: 'Too often; Retry-After says when to try again' },
}

/** The page of a newsletter with its form, the form's target, and the same for programs. */
export function subscribeRoutes(deps: SubscribeRoutesDeps): Route[] {
	return [
		showPage(deps),
		leadBackToForm(deps),
		showPageIn(deps),
		showFormToPaste(deps),
		takeForm(deps),
		takeJson(deps),
		...challengeRoutes(deps),
	]
}

function showPage(deps: SubscribeRoutesDeps): Route {
	return defineRoute({
		...page,
		method: 'get',
		path: '/newsletters/{slug}',
		summary: 'The page of a newsletter, in the language that the browser asks for',
		params: z.object({ slug }),
		responses: { 200: { description: 'The page', ...html }, 404: errors[404] },
		handle: async ({ params, request }) => {
			const newsletter = await getNewsletter(deps, params)
			const chosen = chooseLocale(newsletter, undefined, request.negotiateLocale)
			const answer = await showForm(deps, newsletter, chosen)
			return { ...answer, headers: { ...answer.headers, Vary: 'Accept-Language' } }
		},
	})
}

function leadBackToForm(_deps: SubscribeRoutesDeps): Route {
	return defineRoute({
		...page,
		method: 'get',
		path: '/newsletters/{slug}/subscriptions',
		summary: 'The address that a form leaves in the browser: leads back to the form',
		params: z.object({ slug }),
		responses: { 303: { description: 'To the page of the newsletter' } },
		handle: async ({ params }) => ({ redirect: `/newsletters/${params.slug}` }),
	})
}

function showPageIn(deps: SubscribeRoutesDeps): Route {
	return defineRoute({
		...page,
		method: 'get',
		path: '/newsletters/{slug}/{locale}',
		summary: 'The page of a newsletter in one of its languages',
		params: z.object({ slug, locale }),
		responses: { 200: { description: 'The page', ...html }, 404: errors[404] },
		handle: async ({ params }) => showForm(deps, await getNewsletterIn(deps, params), params.locale),
	})
}

function showFormToPaste(deps: SubscribeRoutesDeps): Route {
	return defineRoute({
		...page,
		method: 'get',
		path: '/newsletters/{slug}/{locale}/form',
		summary: 'The form to paste into a page of one’s own',
		params: z.object({ slug, locale }),
		responses: { 200: { description: 'The page', ...html }, 404: errors[404] },
		handle: async ({ params }) => showFormCode(deps, await getNewsletterIn(deps, params), params.locale),
	})
}

function takeForm(deps: SubscribeRoutesDeps): Route {
	return defineRoute({
		...page,
		method: 'post',
		path: '/newsletters/{slug}/subscriptions',
		crossOrigin: allowSites(deps),
		summary: 'Subscribe, as a form does',
		description:
			'The answer is the same for every address, known or not. It also takes forms of other sites: they lead to the page to thank on, where the newsletter has one. With `Accept: application/json` the answer is JSON.',
		params: z.object({ slug }),
		body: formBody,
		bodyTypes: ['urlencoded', 'multipart'],
		responses: {
			200: { description: 'What comes next, or a question', schema: formAnswer, orPage: true },
			303: { description: 'To the organisation’s page to thank on' },
			...errors,
		},
		handle: async ({ params, body, request }) => {
			const newsletter = await deps.readNewsletter(params.slug)
			const chosen = chooseLocale(newsletter, body.locale, request.negotiateLocale)
			request.locale = chosen
			const email = body.meant || body.email
			const back = findWayBack(newsletter, [body.return, request.header('referer')])
			const { wish, language, givenName } = answersOfForm(newsletter, body)
			const thanks = findThanks(newsletter, body, chosen)
			const leading = { back: back?.url, thanks: thanks?.url }
			const form = { email, started: body.started ?? '', ...leading, wish, language, givenName }
			const meant = meantInstead(body)
			const inPlace = wantsJson(request)
			if (meant && inPlace) return tellQuestion(deps, chosen, meant)
			if (meant) return await showQuestion(deps, newsletter, chosen, { ...form, meant })
			if (await wantsSolution(deps, newsletter, body)) {
				const path = await findChallengePath(deps, newsletter)
				if (inPlace) return tellChallenge(deps, path)
				return await showQuestion(deps, newsletter, chosen, { ...form, atOnce: true })
			}
			try {
				const signup = await subscribe(deps, {
					newsletter,
					email,
					locale: chooseLocale(newsletter, language ?? chosen, request.negotiateLocale),
					wish,
					givenName,
					form: { trap: body.website, started: body.started },
					solution: body.altcha,
					shown: { locale: chosen, wordingVersion: body.wording },
					page: pageOf(deps, request, body, pathOf(newsletter, chosen)),
					came: sourceOfForm(newsletter, body, request),
					ip: request.ip,
				})
				if (inPlace) return await tellCheckMail(deps, newsletter, chosen, thanks)
				const shown = await showCheckMail(deps, newsletter, chosen, { ...signup, back })
				return thanks ? { ...headOf(shown), redirect: thanks.url } : shown
			} catch (error) {
				if (inPlace) throw error
				return await showProblem(deps, newsletter, error, form, request)
			}
		},
	})
}

function takeJson(deps: SubscribeRoutesDeps): Route {
	return defineRoute({
		...page,
		method: 'post',
		path: '/api/v1/newsletters/{slug}/subscriptions',
		crossOrigin: allowSites(deps),
		summary: 'Subscribe, as a program does',
		description: 'The answer is the same for every address, known or not: what follows is told by mail only.',
		params: z.object({ slug }),
		body: jsonBody,
		responses: {
			202: {
				description: 'Taken; a mail asks the person to confirm',
				schema: z.object({
					locale: z.string().meta({ description: 'The language of the mail' }),
					message: z.string().meta({ description: 'What to tell the person, in that language' }),
				}),
			},
			400: { description: 'Not JSON' },
			...errors,
		},
		handle: async ({ params, body, request }) => {
			const newsletter = await deps.readNewsletter(params.slug)
			const chosen = chooseLocale(newsletter, body.locale, request.negotiateLocale)
			request.locale = chosen
			const signup = await subscribe(deps, {
				newsletter,
				email: body.email,
				locale: chosen,
				...(await answersOfProgram(deps, newsletter, body)),
				solution: body.altcha,
				page: refererOf(request) ?? 'api',
				came: { source: 'api' },
				ip: request.ip,
			})
			return {
				status: 202,
				json: { locale: chosen, message: await sayWhatComes(deps, newsletter, chosen) },
				headers: { Vary: 'Accept-Language', 'Cache-Control': 'no-store' },
				cookies: [signupCookie(deps.config, newsletter.slug, signup.proof)],
			}
		},
	})
}

/** What of an answer goes along where it leads elsewhere. */
const headOf = ({ headers, cookies }: Answer) => ({
	...(headers && { headers }),
	...(cookies && { cookies }),
})

/** Throws `not_found` where the newsletter is not in the language. */
export async function getNewsletterIn(
	deps: SubscribeRoutesDeps,
	wanted: { slug: string; locale: Locale },
): Promise<Newsletter> {
	const newsletter = await getNewsletter(deps, wanted)
	if (newsletter.texts.some((text) => text.locale === wanted.locale)) return newsletter
	throw new AppError('not_found', 'errors.not_found')
}

/** Where the form stood, for the receipt: as the browser says, else our own page where the form is stamped. */
function pageOf(
	deps: SubscribeRoutesDeps,
	request: RequestContext,
	form: { started?: string },
	ownPath: string,
): string {
	const own = isStamped(deps.keys, form, deps.clock.now()) ? deps.config.publicUrl + ownPath : undefined
	return refererOf(request) ?? own ?? 'form'
}

/** Without its query, which may hold anything. */
function refererOf(request: RequestContext): string | undefined {
	const referer = request.header('referer') ?? ''
	if (!URL.canParse(referer)) return undefined
	const { origin, pathname, protocol } = new URL(referer)
	return /^https?:$/.test(protocol) ? `${origin}${pathname}`.slice(0, 500) : undefined
}
