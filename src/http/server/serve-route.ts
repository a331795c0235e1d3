import { isDeepStrictEqual } from 'node:util'
import type { Request, Response } from 'express'
import { mayDo } from '../../kernel/actor.ts'
import { AppError } from '../../kernel/app-error.ts'
import type { Permission } from '../../kernel/permissions.ts'
import { valueFromOutside } from '../../kernel/text-from-outside.ts'
import { allowOrigin } from './allow-origin.ts'
import type { Begun } from './begin-request.ts'
import { checkInput, readInput } from './check-input.ts'
import { findUnstorable } from './find-unstorable.ts'
import type { HttpOptions } from './http-options.ts'
import { isOfConsole, letMemberIn } from './let-member-in.ts'
import { consoleMaxBodyBytes, defaultMaxBodyBytes, readBody } from './read-body.ts'
import { requireOwnPage } from './require-own-page.ts'
import type { Route } from './route.ts'
import { sendAnswer } from './send-answer.ts'
import { sendEvents } from './send-events.ts'
import { sendParts } from './send-parts.ts'
import { sessionCookieName } from './session-cookie.ts'

/** Answers a request by its route: who calls, the checked input, the handler, the answer. */
export async function serveRoute(
	options: HttpOptions,
	route: Route,
	request: Request,
	response: Response,
): Promise<void> {
	const context = (request as Begun).context
	await allowOrigin([route], request, response)
	const { access } = route
	if (route.ownPagesOnly || isOfConsole(access)) requireOwnPage(request)
	if (isOfConsole(access)) await letMemberIn(options, access.console, request as Begun, response)
	else if (access !== 'public') await letStaffIn(options, access.permission, request as Begun, response)
	const given = received(route)
	const params = route.params ? checkParams(route, given(request.params)) : {}
	const query = route.query ? checkInput(route.query, given(request.query)) : {}
	const headers = route.headers ? checkInput(route.headers, request.headers) : {}
	const body = route.body ? await checkBody(route, request, response) : {}
	const answer = await route.handle({ params, query, headers, body, request: context })
	if ('page' in answer && answer.framed) {
		const frame = await options.findFrame(request, answer.locale)
		return sendAnswer(options, response, { ...answer, data: frame, framed: undefined })
	}
	const sending = { stopping: options.stopping, headersOnly: request.method === 'HEAD' }
	if ('events' in answer) {
		const isStillLetIn = () => isLetInAsBefore(options, route, request as Begun)
		return sendEvents(response, answer.events, { ...sending, isStillLetIn })
	}
	if ('parts' in answer) return sendParts(response, answer, sending)
	sendAnswer(options, response, answer)
}

/** Finds who calls: with an API key, or at the machine itself. Throws `unauthenticated`, or `forbidden`. */
async function letStaffIn(
	options: HttpOptions,
	permission: Permission,
	request: Begun,
	response: Response,
): Promise<void> {
	const actor = await options.authenticate({
		authorization: request.get('authorization'),
		local: options.isLocal(request.socket),
	})
	if (!mayDo(actor, permission))
		throw new AppError('forbidden', 'errors.permission', { params: { permission } })
	request.actor = actor
	// no cache keeps what staff sees, unless a handler says otherwise
	response.setHeader('Cache-Control', 'no-store')
}

/**
 * Whether who was let in would be now, and might do and see the same: a key may be revoked meanwhile, a member be signed out,
 * removed or given another role.
 */
async function isLetInAsBefore(
	options: HttpOptions,
	{ access }: Route,
	{ context, actor, socket }: Begun,
): Promise<boolean> {
	if (access === 'public') return true
	const find = async () => {
		if (isOfConsole(access)) {
			return (await options.findSignedIn(context.cookie(sessionCookieName(options.secure))))?.member
		}
		const authorization = context.header('authorization')
		return options.authenticate({ authorization, local: options.isLocal(socket) })
	}
	// where that can't be found out, whoever asks again is told why
	return isDeepStrictEqual(await find().catch(() => undefined), actor)
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
	const usual = isOfConsole(route.access) ? consoleMaxBodyBytes : defaultMaxBodyBytes
	const body = await readBody(request, response, types, route.maxBodyBytes ?? usual)
	if (body === undefined && !route.bodyOptional) throw new AppError('malformed', 'errors.body.missing')
	const input = body ?? {}
	// visitors' forms show by themselves, beside the field, what can't be stored
	return route.access === 'public' ? readInput(route.body, input) : checkInput(route.body, input)
}
