import { z } from 'zod'
import type { Clock } from '../../../kernel/clock.ts'
import { formatInstant } from '../../../kernel/format-moment.ts'
import type { Keys } from '../../../kernel/keys.ts'
import type { Limiter } from '../../../kernel/limiter.ts'
import type { SignInTools } from '../../../kernel/sign-in.ts'
import {
	changeOwnPassword,
	chooseOwnLocale,
	endOtherSessions,
	endSession,
	listSessions,
	offerCodes,
	offerCodesAgain,
	readMailChoices,
	turnOffCodes,
	turnOnCodes,
	viewOwnAccount,
} from '../../../staff/index.ts'
import type { ErrorBody } from '../../server/answer-error.ts'
import { type Answer, consoleTag, defineRoute, type RequestContext, type Route } from '../../server/route.ts'
import { describeFrame, type FrameDeps } from '../describe-frame.ts'
import { form, onward, responses } from '../route-parts.ts'
import { showAgain } from '../show-again.ts'
import { wayOn } from '../way-on.ts'
import { mailRoutes } from './mail-routes.ts'
import { nameBrowser } from './name-browser.ts'

export type AccountDeps = FrameDeps & {
	clock: Clock
	keys: Keys
	limiter: Pick<Limiter, 'take'>
	signInTools: SignInTools
}

const shared = { tag: consoleTag, access: { console: 'member' } } as const
/** As long as a body may be: what is too long comes back beside its field. */
const typed = z.string().default('')

/** What somebody may set of their own: language, password, codes, and the browsers they are signed in with. */
export function accountRoutes(deps: AccountDeps): Route[] {
	return [
		accountRoute(deps),
		languageRoute(deps),
		passwordRoute(deps),
		...codesRoutes(deps),
		...mailRoutes(deps),
		...sessionRoutes(deps),
	]
}

const path = '/console/account'

async function showAccount(
	deps: AccountDeps,
	request: RequestContext,
	{
		saved = null,
		part = null,
		error,
	}: { saved?: string | null; part?: string | null; error?: ErrorBody } = {},
): Promise<Answer> {
	const { member, sessionId } = request.signedIn
	const sessions = await listSessions(deps, member.id)
	return {
		page: 'console/account',
		locale: request.locale,
		data: {
			frame: await describeFrame(deps, request),
			...(await viewOwnAccount(deps, member)),
			sessions: sessions.map((session) => ({
				...session,
				current: session.id === sessionId,
				browser: nameBrowser(session.userAgent),
				seen: formatInstant(session.lastSeenAt, { locale: request.locale, timeZone: 'UTC' }),
			})),
			mails: await readMailChoices(deps, member),
			saved,
			form: { part, error },
		},
	}
}

function accountRoute(deps: AccountDeps): Route {
	return defineRoute({
		...shared,
		...{ method: 'get', path, summary: 'One’s own account', responses },
		query: z.object({
			saved: z.enum(['password', 'codes_off', 'sessions', 'mails']).nullable().catch(null).default(null),
		}),
		handle: ({ query, request }) => showAccount(deps, request, query),
	})
}

function languageRoute(deps: AccountDeps): Route {
	return defineRoute({
		...shared,
		...form,
		...{ method: 'post', path: `${path}/language`, summary: 'Choose a language', responses: onward },
		body: z.object({ locale: typed, back: z.string().max(1_000).default('') }),
		handle: async ({ body, request }) => {
			const locale = deps.messages.locales.find((each) => each === body.locale)
			if (locale) await chooseOwnLocale(deps, request.signedIn.member, locale)
			return { redirect: wayOn(body.back) }
		},
	})
}

function passwordRoute(deps: AccountDeps): Route {
	return defineRoute({
		...shared,
		...form,
		...{ method: 'post', path: `${path}/password`, summary: 'Change one’s password', responses: onward },
		body: z.object({ present: typed, password: typed }),
		handle: ({ body, request }) =>
			showAgain(
				deps,
				request,
				async () => {
					await changeOwnPassword(deps, request.signedIn, body)
					return { redirect: `${path}?saved=password` }
				},
				(error) => showAccount(deps, request, { part: 'password', error }),
			),
	})
}

function codesRoutes(deps: AccountDeps): Route[] {
	const show = async (request: RequestContext, sealed?: string, error?: ErrorBody): Promise<Answer> => {
		const { member } = request.signedIn
		const offer = sealed ? await offerCodesAgain(deps, member, sealed) : await offerCodes(deps, member)
		const frame = await describeFrame(deps, request)
		return { page: 'console/codes', locale: request.locale, data: { frame, offer, form: { error } } }
	}
	return [
		defineRoute({
			...shared,
			...{ method: 'get', path: `${path}/codes`, summary: 'Have signing in ask for a code', responses },
			handle: ({ request }) => show(request),
		}),
		defineRoute({
			...shared,
			...form,
			...{ method: 'post', path: `${path}/codes`, summary: 'Have signing in ask for a code', responses },
			body: z.object({ sealed: typed, code: typed, password: typed }),
			handle: ({ body, request }) =>
				showAgain(
					deps,
					request,
					async () => {
						const codes = await turnOnCodes(deps, request.signedIn.member, body)
						const frame = await describeFrame(deps, request)
						return { page: 'console/codes-made', locale: request.locale, data: { frame, codes } }
					},
					(error) => show(request, body.sealed, error),
				),
		}),
		defineRoute({
			...shared,
			...form,
			...{
				method: 'post',
				path: `${path}/codes/off`,
				summary: 'Ask for no code any more',
				responses: onward,
			},
			body: z.object({ password: typed }),
			handle: ({ body, request }) =>
				showAgain(
					deps,
					request,
					async () => {
						await turnOffCodes(deps, request.signedIn.member, body.password)
						return { redirect: `${path}?saved=codes_off` }
					},
					(error) => showAccount(deps, request, { part: 'codes', error }),
				),
		}),
	]
}

function sessionRoutes(deps: AccountDeps): Route[] {
	return [
		defineRoute({
			...shared,
			...form,
			...{
				method: 'post',
				path: `${path}/sessions/{id}/end`,
				summary: 'Sign a browser out',
				responses: onward,
			},
			params: z.object({ id: z.coerce.number().int().positive() }),
			body: z.object({}),
			handle: async ({ params, request }) => {
				await endSession(deps, { memberId: request.signedIn.member.id, id: params.id })
				return { redirect: `${path}?saved=sessions` }
			},
		}),
		defineRoute({
			...shared,
			...form,
			...{
				method: 'post',
				path: `${path}/sessions/end`,
				summary: 'Sign all other browsers out',
				responses: onward,
			},
			body: z.object({}),
			handle: async ({ request }) => {
				const { member, sessionId } = request.signedIn
				await endOtherSessions(deps, { memberId: member.id, sessionId })
				return { redirect: `${path}?saved=sessions` }
			},
		}),
	]
}
