import { z } from 'zod'
import {
	acceptWelcome,
	beginSession,
	forgotPassword,
	giveCode,
	memberEmail,
	memberName,
	type SignInDeps,
	signIn,
	signOut,
	viewWelcome,
} from '../../../staff/index.ts'
import type { ErrorBody } from '../../server/answer-error.ts'
import { checkInput } from '../../server/check-input.ts'
import { consoleHeaders } from '../../server/let-member-in.ts'
import { type Answer, consoleTag, defineRoute, type RequestContext, type Route } from '../../server/route.ts'
import { sessionCookie, sessionCookieName } from '../../server/session-cookie.ts'
import { form, responses } from '../route-parts.ts'
import { showAgain } from '../show-again.ts'
import { wayOn } from '../way-on.ts'
import { deviceCookie, isSecure, type LetInDeps, letIn, outside } from './let-in.ts'
import { type OpenIdDeps, openIdRoutes, openIdWay } from './open-id-routes.ts'

export type SignInRoutesDeps = SignInDeps & Parameters<typeof forgotPassword>[0] & LetInDeps & OpenIdDeps

const shared = { tag: consoleTag, access: 'public', ownPagesOnly: true } as const
/** As long as a body may be: what is too long comes back beside its field. */
const typed = z.string().default('')
const onward = z.string().max(1_000).default('')

/** Signing in: address and password, a code where one is asked for, and out again. */
export function signInRoutes(deps: SignInRoutesDeps): Route[] {
	return [
		...passwordRoutes(deps),
		...openIdRoutes(deps),
		...forgottenRoutes(deps),
		...codeRoutes(deps),
		signOutRoute(deps),
		...welcomeRoutes(deps),
	]
}

function passwordRoutes(deps: SignInRoutesDeps): Route[] {
	const path = '/console/sign-in'
	const show = (request: RequestContext, form: { email: string; to: string; error?: ErrorBody }): Answer => ({
		page: 'console/sign-in',
		locale: request.locale,
		headers: consoleHeaders,
		data: {
			...outside(deps, request, `${path}?to=${encodeURIComponent(form.to)}&`),
			form,
			openId: openIdWay(deps, form.to),
		},
	})
	return [
		defineRoute({
			...shared,
			...{ method: 'get', path, summary: 'Sign in', responses },
			query: z.object({ to: onward }),
			handle: ({ query, request }) => show(request, { email: '', to: wayOn(query.to) }),
		}),
		defineRoute({
			...shared,
			...form,
			...{ method: 'post', path, summary: 'Sign in', responses },
			body: z.object({ email: typed, password: typed, to: onward }),
			handle: ({ body: { email, password, to }, request }) =>
				showAgain(
					deps,
					request,
					async () => {
						const userAgent = request.header('user-agent')
						const device = request.cookie(deviceCookie)
						const signedIn = await signIn(deps, { email, password, ip: request.ip, userAgent, device })
						return letIn(deps, signedIn, to)
					},
					(error) => show(request, { email, to: wayOn(to), error }),
				),
		}),
	]
}

/** Who has forgotten the password has a link mailed; the answer is the same for every address. */
function forgottenRoutes(deps: SignInRoutesDeps): Route[] {
	const path = '/console/forgotten'
	const show = (
		request: RequestContext,
		form: { email: string; sent: boolean; error?: ErrorBody },
	): Answer => ({
		page: 'console/forgotten',
		locale: request.locale,
		headers: consoleHeaders,
		data: { ...outside(deps, request, `${path}?`), form },
	})
	return [
		defineRoute({
			...shared,
			...{ method: 'get', path, summary: 'Ask for a new password', responses },
			handle: ({ request }) => show(request, { email: '', sent: false }),
		}),
		defineRoute({
			...shared,
			...form,
			...{ method: 'post', path, summary: 'Ask for a new password', responses },
			body: z.object({ email: typed }),
			handle: ({ body: { email }, request }) =>
				showAgain(
					deps,
					request,
					async () => {
						await forgotPassword(deps, { email, ip: request.ip })
						return show(request, { email, sent: true })
					},
					(error) => show(request, { email, sent: false, error }),
				),
		}),
	]
}

function codeRoutes(deps: SignInRoutesDeps): Route[] {
	const path = '/console/sign-in/code'
	const show = (request: RequestContext, form: { to: string; error?: ErrorBody }): Answer => ({
		page: 'console/sign-in-code',
		locale: request.locale,
		headers: consoleHeaders,
		data: { ...outside(deps, request, `${path}?to=${encodeURIComponent(form.to)}&`), form },
	})
	return [
		defineRoute({
			...shared,
			...{ method: 'get', path, summary: 'The second step of signing in', responses },
			query: z.object({ to: onward }),
			handle: ({ query, request }) => show(request, { to: wayOn(query.to) }),
		}),
		defineRoute({
			...shared,
			...form,
			...{ method: 'post', path, summary: 'The second step of signing in', responses },
			body: z.object({ code: typed, to: onward }),
			handle: ({ body: { code, to }, request }) =>
				showAgain(
					deps,
					request,
					async () => {
						const token = request.cookie(sessionCookieName(isSecure(deps)))
						const userAgent = request.header('user-agent')
						return letIn(deps, await giveCode(deps, { token, code, userAgent }), to)
					},
					(error) => show(request, { to: wayOn(to), error }),
				),
		}),
	]
}

function signOutRoute(deps: SignInRoutesDeps): Route {
	return defineRoute({
		...shared,
		...form,
		...{ method: 'post', path: '/console/sign-out', summary: 'Sign out' },
		body: z.object({}),
		responses: { 303: { description: 'To the page to sign in' } },
		handle: async ({ request }) => {
			const secure = isSecure(deps)
			await signOut(deps, request.cookie(sessionCookieName(secure)))
			return {
				redirect: '/console/sign-in',
				cookies: [sessionCookie(secure, undefined)],
				headers: consoleHeaders,
			}
		},
	})
}

/** What an invitation, a forgotten password and the first start lead to: a name and a password, and one is in, by a code where one is asked for. */
function welcomeRoutes(deps: SignInRoutesDeps): Route[] {
	const path = '/console/welcome/{token}'
	const params = z.object({ token: z.string().regex(/^[\w-]{20,100}$/) })
	const show = async (
		request: RequestContext,
		token: string,
		form?: { name: string; email: string; error?: ErrorBody },
	): Promise<Answer> => {
		const view = await viewWelcome(deps, token)
		const frame = outside(deps, request, `/console/welcome/${token}?`)
		const { locale } = request
		if (!view)
			return { page: 'console/welcome-gone', status: 410, locale, headers: consoleHeaders, data: frame }
		const { kind, member } = view
		const typed = form ?? { name: member?.name ?? '', email: '' }
		const data = { ...frame, token, kind, email: member?.email ?? null, form: typed }
		return { page: 'console/welcome', locale, headers: consoleHeaders, data }
	}
	return [
		defineRoute({
			...shared,
			...{ method: 'get', path, params, summary: 'Come in by a link', responses },
			handle: ({ params, request }) => show(request, params.token),
		}),
		defineRoute({
			...shared,
			...form,
			...{ method: 'post', path, params, summary: 'Come in by a link', responses },
			body: z.object({ name: typed, email: typed, password: typed }),
			handle: ({ params: { token }, body, request }) =>
				showAgain(
					deps,
					request,
					async () => {
						const view = await viewWelcome(deps, token)
						if (!view) return show(request, token)
						const name = view.kind === 'password' ? (view.member?.name ?? '') : body.name
						const known = checkInput(
							z.object({ name: memberName, email: view.member ? z.unknown() : memberEmail }),
							{ name, email: body.email },
						)
						const email = view.member ? undefined : (known.email as z.output<typeof memberEmail>)
						const { locale } = request
						const { password } = body
						const accepted = await acceptWelcome(deps, token, { name: known.name, email, password, locale })
						const userAgent = request.header('user-agent')
						const begun = await beginSession(deps, deps.db, { ...accepted, userAgent })
						return letIn(deps, { ...accepted, token: begun }, '')
					},
					(error) => show(request, token, { name: body.name, email: body.email, error }),
				),
		}),
	]
}
