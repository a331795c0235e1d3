import { z } from 'zod'
import { AppError } from '../../../kernel/app-error.ts'
import { openSecret, sealSecret } from '../../../kernel/keys.ts'
import type { OpenIdAttempt, OpenIdProvider } from '../../../kernel/open-id.ts'
import { type SignInDeps, signInWithOpenId } from '../../../staff/index.ts'
import type { ErrorBody } from '../../server/answer-error.ts'
import { consoleHeaders } from '../../server/let-member-in.ts'
import {
	type Answer,
	type CookieSetting,
	consoleTag,
	defineRoute,
	type RequestContext,
	type Route,
} from '../../server/route.ts'
import { showAgain } from '../show-again.ts'
import { wayOn } from '../way-on.ts'
import { isSecure, type LetInDeps, letIn, outside } from './let-in.ts'

export type OpenIdDeps = SignInDeps & LetInDeps & { openId: OpenIdProvider | undefined }

const shared = { tag: consoleTag, access: 'public' } as const
const path = '/console/sign-in/open-id'
const backPath = `${path}/back`
const attemptSeconds = 600

/** The link to the organisation's own way of signing in; null where there is none. */
export function openIdWay({ openId }: Pick<OpenIdDeps, 'openId'>, to: string) {
	return openId ? { name: openId.name, path: `${path}?to=${encodeURIComponent(to)}` } : null
}

/**
 * Signing in by OpenID Connect, where it is configured. Links and not forms lead through it: the content policy lets forms lead
 * to Envoi alone. What the browser must bring back of its attempt is sealed in a cookie that is good for ten minutes.
 */
export function openIdRoutes(deps: OpenIdDeps): Route[] {
	const { openId } = deps
	if (!openId) return []
	const redirectUri = `${deps.config.publicUrl}${backPath}`
	const refused = (request: RequestContext, to: string, error: ErrorBody): Answer => ({
		page: 'console/sign-in',
		locale: request.locale,
		headers: consoleHeaders,
		cookies: [attemptCookie(deps)],
		data: {
			...outside(deps, request, `/console/sign-in?to=${encodeURIComponent(to)}&`),
			form: { email: '', to, error },
			openId: openIdWay(deps, to),
		},
	})
	const tried = (request: RequestContext, to: string, act: () => Promise<Answer>) =>
		showAgain(deps, request, act, (error) => refused(request, to, error))
	return [
		defineRoute({
			...shared,
			...{ method: 'get', path, summary: 'Sign in by the organisation’s own way' },
			query: z.object({ to: z.string().max(1_000).default('') }),
			responses: { 303: { description: 'To the provider' } },
			handle: ({ query, request }) => {
				const to = wayOn(query.to)
				return tried(request, to, async () => {
					const { url, attempt } = await openId.begin(redirectUri)
					const cookies = [attemptCookie(deps, { ...attempt, to })]
					return { redirect: url, cookies, headers: consoleHeaders }
				})
			},
		}),
		defineRoute({
			...shared,
			...{ method: 'get', path: backPath, summary: 'Come back from the organisation’s own way' },
			query: z.looseObject({}),
			responses: { 303: { description: 'To the page that was wanted' } },
			handle: ({ query, request }) => {
				const begun = readAttempt(deps, request.cookie(attemptCookieName(deps)))
				const to = wayOn(begun?.to ?? '')
				return tried(request, to, async () => {
					if (!begun) throw new AppError('unauthenticated', 'errors.sign_in.again')
					const callback = new URL(redirectUri)
					for (const [name, value] of Object.entries(query)) {
						if (typeof value === 'string') callback.searchParams.set(name, value)
					}
					const identity = await openId.finish(callback, begun)
					const signedIn = await signInWithOpenId(deps, identity, request.header('user-agent'))
					const answer = letIn(deps, signedIn, to)
					return { ...answer, cookies: [...(answer.cookies ?? []), attemptCookie(deps)] }
				})
			},
		}),
	]
}

type Attempt = OpenIdAttempt & { to: string }

const attemptShape = z.object({
	...{ state: z.string(), nonce: z.string(), verifier: z.string(), to: z.string() },
	until: z.number(),
})

function attemptCookieName(deps: LetInDeps): string {
	return isSecure(deps) ? '__Host-envoi-open-id' : 'envoi-open-id'
}

/** Keeps an attempt in the browser; without one it is taken away. */
function attemptCookie(deps: OpenIdDeps, attempt?: Attempt): CookieSetting {
	const name = attemptCookieName(deps)
	if (!attempt) return { name, value: '', maxAgeSeconds: 0 }
	const until = deps.clock.now().getTime() + attemptSeconds * 1_000
	const value = sealSecret(deps.keys, 'open-id-attempt', JSON.stringify({ ...attempt, until }))
	return { name, value, maxAgeSeconds: attemptSeconds }
}

/** Undefined where there is none, it is old or was altered. */
function readAttempt({ keys, clock }: OpenIdDeps, sealed: string | undefined): Attempt | undefined {
	try {
		const attempt = attemptShape.parse(JSON.parse(openSecret(keys, 'open-id-attempt', sealed ?? '')))
		return attempt.until > clock.now().getTime() ? attempt : undefined
	} catch {
		return undefined
	}
}
