import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { parseCookie } from 'cookie'
import express, { type Express, type NextFunction, type Request, type Response } from 'express'
import helmet from 'helmet'
import Negotiator from 'negotiator'
import { type Actor, mayDo } from '../../kernel/actor.ts'
import { AppError } from '../../kernel/app-error.ts'
import { findDatabaseTrouble } from '../../kernel/database-trouble.ts'
import type { Log } from '../../kernel/log.ts'
import type { Messages } from '../../kernel/messages.ts'
import { valueFromOutside } from '../../kernel/text-from-outside.ts'
import type { FindFrame } from '../visitors/find-site.ts'
import { answerError } from './answer-error.ts'
import { checkInput, readInput } from './check-input.ts'
import { isApiPath } from './error-answers.ts'
import { findUnstorable } from './find-unstorable.ts'

import { isDirect } from './is-direct.ts'
import { defaultMaxBodyBytes, readBody } from './read-body.ts'
import type { RenderPage } from './render-page.ts'
import { repairLink } from './repair-link.ts'
import type { Answer, RequestContext, Route } from './route.ts'
import { allowedMethods, byPrecedence, expressPath } from './route-paths.ts'
import { sendEvents } from './send-events.ts'
import { tidyForwardedFor } from './tidy-forwarded-for.ts'

export type HttpOptions = {
	routes: readonly Route[]
	messages: Messages
	renderPage: RenderPage
	/** The look of pages that belong to no newsletter's route. */
	findFrame: FindFrame
	log: Log
	/** How many proxies stand in front, or which (Express `trust proxy`). */
	trustProxy: number | string
	/** Whether cookies are only for https. */
	secure: boolean
	/** The path of PUBLIC_URL, such as `/news`; empty where it has none. Redirects begin with it. */
	basePath: string
	/** Gives who calls a staff route, or throws `unauthenticated`. */
	authenticate(request: { authorization: string | undefined; local: boolean }): Promise<Actor>
	/** Whether a connection came over the control socket of this machine, where everyone is the operator. */
	isLocal(socket: unknown): boolean
	/** Ends answers that would go on and on, when the process is about to stop. */
	stopping: AbortSignal
	/** Is told of each request once it is answered, or its client gone. */
	countRequest(request: AnsweredRequest): void
}

/** `seconds` is undefined for a stream, which lasts as long as someone listens. */
export type AnsweredRequest = { method: string; route: string; status: number; seconds: number | undefined }

/** What pages load; names are told apart across the folders. */
const assetFolders = ['../visitors/public/', '../operation/public/'].map((folder) =>
	fileURLToPath(new URL(folder, import.meta.url)),
)

/** The Express application: security headers, assets, the given routes, and one way of answering errors. */
export function createHttpApp(options: HttpOptions): Express {
	const app = express()
	app.disable('x-powered-by')
	app.set('trust proxy', options.trustProxy)
	app.set('query parser', 'simple')
	app.use(securityHeaders(options.secure))
	app.use((request, _response, next) => {
		request.url = repairLink(withoutBase(request.url, options.basePath))
		tidyForwardedFor(request)
		next()
	})
	for (const folder of assetFolders) {
		app.use('/assets', express.static(folder, { maxAge: '1h', index: false, redirect: false }))
	}
	app.use((request, response, next) => begin(options, request, response, next))
	for (const path of byPrecedence(options.routes)) {
		const routes = options.routes.filter((route) => route.path === path)
		for (const route of routes) {
			app[route.method](expressPath(path), (request, response, next) => {
				serve(options, route, request, response).catch(next)
			})
		}
		refuseOtherMethods(app, expressPath(path), routes)
	}
	app.use(() => {
		throw new AppError('not_found', 'errors.not_found')
	})
	app.use((error: unknown, request: Request, response: Response, _next: NextFunction) => {
		sendError(options, error, request, response).catch(() => response.destroy())
	})
	return app
}

/** A proxy may hand the path of PUBLIC_URL on or take it away: both lead to the same pages. */
function withoutBase(url: string, base: string): string {
	if (base === '' || !url.startsWith(base)) return url
	const rest = url.slice(base.length)
	if (rest === '' || rest.startsWith('?')) return `/${rest}`
	return rest.startsWith('/') ? rest : url
}

const pagePolicy = {
	'default-src': ["'none'"],
	'style-src': ["'self'"],
	'script-src': ["'self'"],
	'img-src': ["'self'", 'https:', 'data:'],
	'connect-src': ["'self'"],
	'frame-src': ["'self'"],
	'form-action': ["'self'"],
	'base-uri': ["'none'"],
	'frame-ancestors': ["'none'"],
}

// the styles of a mail stand in it, and it holds no script
const mailPolicy = `default-src 'none'; style-src 'unsafe-inline'; img-src 'self' https: http: data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'`

function securityHeaders(secure: boolean) {
	return helmet({
		contentSecurityPolicy: { useDefaults: false, directives: pagePolicy },
		strictTransportSecurity: secure ? { maxAge: 31_536_000, includeSubDomains: false } : false,
		referrerPolicy: { policy: 'strict-origin-when-cross-origin' },
		crossOriginResourcePolicy: { policy: 'same-site' },
	})
}

type Begun = Request & { context: RequestContext; actor?: Actor }

function begin(options: HttpOptions, request: Request, response: Response, next: NextFunction): void {
	const started = performance.now()
	const id = randomUUID()
	const negotiate = (among: readonly string[]) => new Negotiator(request).languages([...among])[0]
	const cookies = parseCookie(request.headers.cookie ?? '')
	const log = options.log.child({ requestId: id })
	;(request as Begun).context = {
		id,
		ip: request.ip ?? '',
		log,
		locale: wantedLocale(options, request) ?? negotiate(options.messages.locales) ?? 'en',
		negotiateLocale: negotiate,
		header: (name) => request.get(name),
		cookie: (name) => cookies[name],
		get actor() {
			return requireActor(request)
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
		log.info({ method, route, status, ms: Math.round(ms) }, 'request')
	})
	next()
}

function requireActor(request: Request): Actor {
	const { actor } = request as Begun
	if (!actor) throw new Error('nobody is known on a public route')
	return actor
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

async function serve(
	options: HttpOptions,
	route: Route,
	request: Request,
	response: Response,
): Promise<void> {
	const context = (request as Begun).context
	if (route.crossOrigin) response.setHeader('Access-Control-Allow-Origin', '*')
	if (route.access !== 'public') {
		const actor = await options.authenticate({
			authorization: request.get('authorization'),
			local: options.isLocal(request.socket),
		})
		const { permission } = route.access
		if (!mayDo(actor, permission)) {
			throw new AppError('forbidden', 'errors.permission', { params: { permission } })
		}
		;(request as Begun).actor = actor
	}
	const given = received(route)
	const params = route.params ? checkParams(route, given(request.params)) : {}
	const query = route.query ? checkInput(route.query, given(request.query)) : {}
	const headers = route.headers ? checkInput(route.headers, request.headers) : {}
	const body = route.body ? await checkBody(route, request, response) : {}
	const answer = await route.handle({ params, query, headers, body, request: context })
	if ('page' in answer && answer.framed) {
		const frame = await options.findFrame(request, answer.locale)
		return send(options, response, { ...answer, data: { ...frame, ...answer.data } })
	}
	if (!('events' in answer)) return send(options, response, answer)
	const { stopping } = options
	await sendEvents(response, answer.events, { stopping, headersOnly: request.method === 'HEAD' })
}

/** A path whose parameter can't be one (an id that is no number) leads nowhere. */
function checkParams(route: Route, params: unknown): unknown {
	const result = route.params.safeParse(params)
	if (result.success && findUnstorable(result.data).length === 0) return result.data
	throw new AppError('not_found', 'errors.not_found')
}

/** The query of strangers is made storable and never refused for it; that of staff is, so that they learn of it. */
function received({ access }: Route): (value: unknown) => unknown {
	return access === 'public' ? valueFromOutside : (value) => value
}

async function checkBody(route: Route, request: Request, response: Response): Promise<unknown> {
	const types = route.bodyTypes ?? ['json']
	const body = await readBody(request, response, types, route.maxBodyBytes ?? defaultMaxBodyBytes)
	if (body === undefined && !route.bodyOptional) throw new AppError('malformed', 'errors.body.missing')
	const input = body ?? {}
	// a form that strangers fill in tells itself what is wrong, beside the field
	return route.access === 'public' ? readInput(route.body, input) : checkInput(route.body, input)
}

function send(options: HttpOptions, response: Response, answer: Exclude<Answer, { events: unknown }>): void {
	response.status(answer.status ?? 200)
	if (answer.policy === 'mail') response.setHeader('Content-Security-Policy', mailPolicy)
	for (const { name, value, maxAgeSeconds, path } of answer.cookies ?? []) {
		response.cookie(name, value, {
			maxAge: maxAgeSeconds * 1000,
			path: path ?? '/',
			httpOnly: true,
			sameSite: 'lax',
			secure: options.secure,
		})
	}
	for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value)
	if ('page' in answer) {
		response.setHeader('Content-Language', answer.locale)
		response.type('html').send(options.renderPage(answer.page, answer.locale, answer.data ?? {}))
	} else if ('json' in answer) response.json(answer.json)
	else if ('text' in answer) response.type(answer.contentType).send(answer.text)
	else if ('bytes' in answer) response.type(answer.contentType).send(Buffer.from(answer.bytes))
	else if ('redirect' in answer) {
		const base = answer.redirect.startsWith('/') ? options.basePath : ''
		response.redirect(answer.status ?? 303, base + answer.redirect)
	} else response.end()
}

/** A known path asked with another method is told which ones there are. */
function refuseOtherMethods(app: Express, path: string, routes: readonly Route[]): void {
	const allowed = allowedMethods(routes).join(', ')
	const crossOrigin = routes.some((route) => route.crossOrigin)
	app.all(path, (request, response) => {
		response.setHeader('Allow', allowed)
		if (crossOrigin) allowCrossOrigin(response, allowed)
		if (request.method === 'OPTIONS') response.status(204).end()
		else throw new AppError('method_not_allowed', 'errors.method_not_allowed', { params: { allowed } })
	})
}

/** Answers a browser that asks whether a script of another site may call (Fetch standard, CORS-preflight). */
function allowCrossOrigin(response: Response, methods: string): void {
	response.setHeader('Access-Control-Allow-Origin', '*')
	response.setHeader('Access-Control-Allow-Methods', methods)
	response.setHeader('Access-Control-Allow-Headers', 'Content-Type')
	response.setHeader('Access-Control-Max-Age', '600')
}

async function sendError(
	options: HttpOptions,
	error: unknown,
	request: Request,
	response: Response,
): Promise<void> {
	const context = (request as Partial<Begun>).context
	const locale = context?.locale ?? 'en'
	const requestId = context?.id ?? ''
	const known = toAppError(error)
	if (known !== error && known instanceof AppError && known.code === 'unavailable') {
		;(context?.log ?? options.log).warn({ err: error }, 'the database can’t do what a request needs')
	}
	if (!(known instanceof AppError)) (context?.log ?? options.log).error({ err: error }, 'the request failed')
	if (response.headersSent) {
		response.destroy()
		return
	}
	const { status, body, headers } = answerError(known, locale, options.messages, requestId)
	for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
	response.setHeader('Cache-Control', 'no-store')
	response.status(status)
	// a body that was refused unread would be taken for the next request
	if (status === 413 || status === 415) response.setHeader('Connection', 'close')
	if (isApiPath(request.path) || request.accepts(['html', 'json']) === 'json') {
		response.json(body)
		return
	}
	response.setHeader('Content-Language', locale)
	const frame = await options.findFrame(request, locale)
	response.type('html').send(options.renderPage('server/error', locale, { ...frame, status, error: body }))
}

/** Express' own errors of a path that can't be decoded are bad input, and a database that is away is no fault of ours. */
function toAppError(error: unknown): unknown {
	if (error instanceof AppError) return error
	if (error instanceof URIError) return new AppError('not_found', 'errors.not_found', { cause: error })
	const trouble = findDatabaseTrouble(error)
	if (!trouble) return error
	const retryAfterSeconds = trouble === 'full' ? 300 : 30
	return new AppError('unavailable', `errors.database.${trouble}`, { retryAfterSeconds, cause: error })
}
