import { z } from 'zod'
import { AppError } from '../../kernel/app-error.ts'
import { displayAddress, parseEmailAddress } from '../../kernel/email-address.ts'
import type { Locale, Messages } from '../../kernel/messages.ts'
import { getNewsletter, type Newsletter } from '../../newsletters/index.ts'
import {
	chooseLocale,
	isStamped,
	type Signup,
	type SubscribeDeps,
	stampForm,
	subscribe,
	suggestDomain,
} from '../../subscriptions/index.ts'
import { answerError, type ErrorBody } from '../server/answer-error.ts'
import { type Answer, defineRoute, type RequestContext, type Route } from '../server/route.ts'
import {
	describeNewsletter,
	findWayBack,
	formMark,
	linkLanguages,
	pathOf,
	type SiteLink,
} from './describe-newsletter.ts'
import { signupCookie } from './signup-cookie.ts'

export type SubscribeRoutesDeps = Omit<SubscribeDeps, 'config'> & {
	config: SubscribeDeps['config'] & { publicUrl: string }
	messages: Messages
	/** Captured mail, where no relay is set: the page then shows where it is. */
	captured: object | undefined
}

const page = { access: 'public', tag: 'Subscribing' } as const
const html = { contentType: 'text/html' }
const slug = z
	.string()
	.regex(/^[a-z0-9-]{1,50}$/)
	.meta({ description: 'The newsletter', example: 'news' })
const locale = z.string().max(35)

const formBody = z.object({
	email: z.string().default(''),
	locale: locale.optional().catch(undefined).meta({ description: 'The language of the form' }),
	website: z.string().optional().meta({ description: 'Hidden from people: what fills it is a machine' }),
	started: z.string().optional().meta({ description: 'When a page of ours was shown' }),
	wording: z.coerce
		.number()
		.int()
		.min(1)
		.max(1_000_000)
		.optional()
		.catch(undefined)
		.meta({ description: 'The version of the wording that stands above the button' }),
	meant: z
		.string()
		.optional()
		.meta({ description: 'The address that the person takes instead of the typed one' }),
	asked: z.string().optional().meta({ description: 'The address that the person was asked about already' }),
	return: z.string().optional().meta({
		description: 'The page of another site to offer a link back to; heeded on the newsletter’s sites alone',
	}),
})

const jsonBody = z
	.strictObject({
		email: z.string().meta({ example: 'ada@example.org' }),
		locale: locale.optional().meta({
			description:
				'Without it, or where the newsletter lacks it: what Accept-Language asks for, else the default',
			example: 'fr',
		}),
	})
	.meta({ id: 'SubscriptionInput' })

const errors = {
	404: { description: 'No such newsletter' },
	413: { description: 'The body is too large' },
	415: { description: 'Not an encoding that is taken' },
	422: { description: 'The address can’t be used; it is told which part is wrong' },
	429: { description: 'Too often; Retry-After says when to try again' },
}

/** The page of a newsletter with its form, the form's target, and the same for programs. */
export function subscribeRoutes(deps: SubscribeRoutesDeps): Route[] {
	return [
		defineRoute({
			...page,
			method: 'get',
			path: '/newsletters/{slug}',
			summary: 'The page of a newsletter, in the language that the browser asks for',
			params: z.object({ slug }),
			responses: { 200: { description: 'The page', ...html }, 404: errors[404] },
			handle: async ({ params, request }) => {
				const newsletter = await getNewsletter(deps, params)
				const chosen = chooseLocale(newsletter, undefined, request.negotiateLocale)
				const answer = showForm(deps, newsletter, chosen)
				return { ...answer, headers: { ...answer.headers, Vary: 'Accept-Language' } }
			},
		}),
		defineRoute({
			...page,
			method: 'get',
			path: '/newsletters/{slug}/subscriptions',
			summary: 'The address that a form leaves in the browser: leads back to the form',
			params: z.object({ slug }),
			responses: { 303: { description: 'To the page of the newsletter' } },
			handle: async ({ params }) => ({ redirect: `/newsletters/${params.slug}` }),
		}),
		defineRoute({
			...page,
			method: 'get',
			path: '/newsletters/{slug}/{locale}',
			summary: 'The page of a newsletter in one of its languages',
			params: z.object({ slug, locale }),
			responses: { 200: { description: 'The page', ...html }, 404: errors[404] },
			handle: async ({ params }) => showForm(deps, await getNewsletterIn(deps, params), params.locale),
		}),
		defineRoute({
			...page,
			method: 'get',
			path: '/newsletters/{slug}/{locale}/form',
			summary: 'The form to paste into a page of one’s own',
			params: z.object({ slug, locale }),
			responses: { 200: { description: 'The page', ...html }, 404: errors[404] },
			handle: async ({ params }) => showFormCode(await getNewsletterIn(deps, params), params.locale),
		}),
		defineRoute({
			...page,
			method: 'post',
			path: '/newsletters/{slug}/subscriptions',
			summary: 'Subscribe, as a form does',
			description:
				'The answer is the same for every address, known or not. It also takes forms of other sites.',
			params: z.object({ slug }),
			body: formBody,
			bodyTypes: ['urlencoded', 'multipart'],
			responses: { 200: { description: 'The page that says what comes next', ...html }, ...errors },
			handle: async ({ params, body, request }) => {
				const newsletter = await getNewsletter(deps, params)
				const chosen = chooseLocale(newsletter, body.locale, request.negotiateLocale)
				request.locale = chosen
				const email = body.meant || body.email
				const back = findWayBack(newsletter, [body.return, request.header('referer')])
				const form = { email, started: body.started ?? '', back: back?.url }
				const meant = meantInstead(body)
				if (meant) return showQuestion(deps, newsletter, chosen, { ...form, meant })
				try {
					const signup = await subscribe(deps, {
						newsletter,
						email,
						locale: chosen,
						form: { trap: body.website, started: body.started },
						wordingVersion: body.wording,
						page: pageOf(deps, request, body, pathOf(newsletter, chosen)),
						ip: request.ip,
					})
					return showCheckMail(deps, newsletter, chosen, { ...signup, back })
				} catch (error) {
					return showProblem(deps, newsletter, error, form, request)
				}
			},
		}),
		defineRoute({
			...page,
			method: 'post',
			path: '/api/v1/newsletters/{slug}/subscriptions',
			crossOrigin: true,
			summary: 'Subscribe, as a program does',
			description:
				'The answer is the same for every address, known or not: what follows is told by mail only.',
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
				const newsletter = await getNewsletter(deps, params)
				const chosen = chooseLocale(newsletter, body.locale, request.negotiateLocale)
				request.locale = chosen
				const { name } = describeNewsletter(newsletter, chosen)
				const signup = await subscribe(deps, {
					newsletter,
					email: body.email,
					locale: chosen,
					page: refererOf(request) ?? 'api',
					ip: request.ip,
				})
				return {
					status: 202,
					json: { locale: chosen, message: deps.messages.text(chosen, 'pages.check_mail.lead', { name }) },
					headers: { Vary: 'Accept-Language', 'Cache-Control': 'no-store' },
					cookies: [signupCookie(deps.config, newsletter.slug, signup.proof)],
				}
			},
		}),
	]
}

async function getNewsletterIn(
	deps: SubscribeRoutesDeps,
	wanted: { slug: string; locale: Locale },
): Promise<Newsletter> {
	const newsletter = await getNewsletter(deps, wanted)
	if (newsletter.texts.some((text) => text.locale === wanted.locale)) return newsletter
	throw new AppError('not_found', 'errors.not_found')
}

/** What was typed and what was wrong with it, where the form is shown again. */
type FormState = {
	email: string
	started: string
	error?: ErrorBody
	/** The address that was probably meant. */
	meant?: string
	/** Where the form that was pasted on another site leads back to. */
	back?: string | undefined
}

function showForm(
	deps: SubscribeRoutesDeps,
	newsletter: Newsletter,
	chosen: Locale,
	state: FormState = { email: '', started: stampForm(deps.keys, deps.clock.now()) },
): Answer {
	return {
		page: 'visitors/subscribe',
		locale: chosen,
		// the stamp in the form is of now
		headers: { 'Cache-Control': 'no-cache' },
		data: { ...frame(newsletter, chosen, pathOf), form: state },
	}
}

function showFormCode(newsletter: Newsletter, chosen: Locale): Answer {
	const toPath = (site: Newsletter, other: Locale) => `${pathOf(site, other)}/form`
	return {
		page: 'visitors/form-code',
		locale: chosen,
		headers: { 'X-Robots-Tag': 'noindex', 'Cache-Control': 'no-cache' },
		data: { ...frame(newsletter, chosen, toPath), mark: formMark() },
	}
}

function showCheckMail(
	deps: SubscribeRoutesDeps,
	newsletter: Newsletter,
	chosen: Locale,
	signup: Signup & { back: SiteLink | null },
): Answer {
	return {
		page: 'visitors/check-mail',
		locale: chosen,
		headers: { 'Cache-Control': 'no-store', Vary: 'Accept-Language' },
		cookies: [signupCookie(deps.config, newsletter.slug, signup.proof)],
		data: {
			...frame(newsletter, chosen, pathOf),
			address: displayAddress(signup.address),
			captured: deps.captured !== undefined,
			back: signup.back,
		},
	}
}

/**
 * The address that a slip of the keys was probably meant to be, where the person has not been asked yet. It is found in
 * what was typed alone, so it is the same for every address, known or not; the second time the typed one is taken.
 */
function meantInstead(body: z.output<typeof formBody>): string | undefined {
	if (body.website || body.meant || body.asked?.trim() === body.email.trim()) return undefined
	const typed = parseEmailAddress(body.email)
	const domain = typed.ok ? suggestDomain(typed.address.domain) : undefined
	return typed.ok && domain ? displayAddress({ ...typed.address, domain }) : undefined
}

/** The form again, with a question about the address; nothing is refused. */
function showQuestion(
	deps: SubscribeRoutesDeps,
	newsletter: Newsletter,
	chosen: Locale,
	form: FormState,
): Answer {
	return { ...showForm(deps, newsletter, chosen, form), headers: { 'Cache-Control': 'no-store' } }
}

/** The form again, with what is wrong with it; any other trouble gets the common error page. */
function showProblem(
	deps: SubscribeRoutesDeps,
	newsletter: Newsletter,
	error: unknown,
	typed: FormState,
	request: RequestContext,
): Answer {
	if (!(error instanceof AppError) || !['invalid', 'limited'].includes(error.code)) throw error
	const answer = answerError(error, request.locale, deps.messages, request.id)
	const form = { ...typed, error: answer.body }
	const headers = { ...answer.headers, 'Cache-Control': 'no-store' }
	return { ...showForm(deps, newsletter, request.locale, form), status: answer.status, headers }
}

function frame(
	newsletter: Newsletter,
	chosen: Locale,
	toPath: (newsletter: Newsletter, locale: Locale) => string,
) {
	const locales = newsletter.texts.map((text) => text.locale)
	return {
		site: describeNewsletter(newsletter, chosen),
		canonical: toPath(newsletter, chosen),
		languages: linkLanguages(locales, chosen, (other) => toPath(newsletter, other)),
	}
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
