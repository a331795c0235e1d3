import { randomUUID } from 'node:crypto'
import { parseCookie } from 'cookie'
import type { NextFunction, Request, Response } from 'express'
import Negotiator from 'negotiator'
import type { Actor } from '../../kernel/actor.ts'
import type { Log } from '../../kernel/log.ts'
import type { Locale } from '../../kernel/messages.ts'
import type { SignedIn } from '../../staff/index.ts'
import type { HttpOptions } from './http-options.ts'
import { isDirect } from './is-direct.ts'
import type { RequestContext } from './route.ts'

/** A request that has its context; `actor` once it is known who calls. */
export type Begun = Request & { context: RequestContext; actor?: Actor; signedIn?: SignedIn }

/** Gives a request its context, and counts and logs it when it is over. */
export function beginRequest(
	options: HttpOptions,
	request: Request,
	response: Response,
	next: NextFunction,
): void {
	const started = performance.now()
	const id = randomUUID()
	const negotiate = (among: readonly string[]) => new Negotiator(request).languages([...among])[0]
	// most requests need neither a log of their own nor their language: what is made for each costs
	let log: Log | undefined
	let locale: Locale | undefined
	;(request as Begun).context = {
		id,
		ip: request.ip ?? '',
		get log() {
			log ??= options.log.child({ requestId: id })
			return log
		},
		get locale() {
			locale ??= wantedLocale(options, request) ?? negotiate(options.messages.locales) ?? 'en'
			return locale
		},
		set locale(chosen) {
			locale = chosen
		},
		negotiateLocale: negotiate,
		header: (name) => request.get(name),
		cookie: (name) => parseCookie(request.headers.cookie ?? '')[name],
		get actor() {
			return requireActor(request)
		},
		get signedIn() {
			return requireSignedIn(request)
		},
		direct: options.isLocal(request.socket) || isDirect(request),
		path: request.path,
	}
	response.setHeader('X-Request-Id', id)
	whenEnded(response, () => {
		const { method } = request
		const { statusCode: status } = response
		// the route's pattern, not the path: a path can hold a token
		const route = (request.route as { path?: string } | undefined)?.path ?? '(none)'
		const ms = performance.now() - started
		const streamed = response.getHeader('Content-Type') === 'text/event-stream'
		options.countRequest({ method, route, status, seconds: streamed ? undefined : ms / 1000 })
		options.log.info({ requestId: id, method, route, status, ms: Math.round(ms) }, 'request')
	})
	next()
}

function requireActor(request: Request): Actor {
	const { actor } = request as Begun
	if (!actor) throw new Error('nobody is known on a public route')
	return request.method === 'HEAD' ? { ...actor, getsNothing: true } : actor
}

function requireSignedIn(request: Request): SignedIn {
	const { signedIn } = request as Begun
	if (!signedIn) throw new Error('nobody is signed in outside of the console')
	return signedIn
}

/** The language that a link of a page's language switch asks for. */
function wantedLocale({ messages }: HttpOptions, { query }: Request): string | undefined {
	return messages.locales.find((locale) => locale === query.locale)
}

/** Once the answer has been handed over, or its client is gone. */
function whenEnded(response: Response, tell: () => void): void {
	response.once('finish', tell)
	response.once('close', () => {
		if (!response.writableFinished) tell()
	})
}
