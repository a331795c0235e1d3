import { z } from 'zod'
import type { Route, RouteResponse } from './route.ts'

/** What every error of the API answers with. */
export const errorAnswer = z
	.object({
		code: z.string().meta({ example: 'invalid' }),
		message: z.string().meta({ description: 'A sentence in the language that the request asks for' }),
		fields: z.array(z.object({ field: z.string(), message: z.string() })),
		requestId: z.string(),
	})
	.meta({ id: 'Error' })

export const errorMeanings = {
	400: 'The request can’t be read',
	401: 'No valid API key was given',
	403: 'The API key lacks the permission that is needed, which the answer names',
	404: 'There is no such thing',
	409: 'It clashes with what is there',
	410: 'It is no longer kept',
	413: 'The body is larger than is taken here',
	415: 'The body is of a type that is not taken here',
	422: 'The input can’t be used; `fields` says where and why',
	500: 'Something went wrong inside; the log says what',
	502: 'The other side does not answer as it must',
	503: 'A part that is needed does not answer; `Retry-After` says when to try again',
}

/** Whether errors of a path are always JSON. */
export function isApiPath(path: string): boolean {
	return /^\/(?:api|webhooks)\//.test(path)
}

/** Whether a path is of the console, whose errors are pages of its own. */
export function isConsolePath(path: string): boolean {
	return /^\/console(?:\/|$)/.test(path)
}

/** What any route may answer that takes what this one takes, before its own code has a say. */
export function usualErrors(route: Route): Record<number, RouteResponse> {
	const statuses: Array<keyof typeof errorMeanings> = [500, 503]
	if (route.access !== 'public') statuses.push(401, 403)
	if (route.params) statuses.push(404)
	if (route.query || route.headers || route.body) statuses.push(422)
	if (route.body) statuses.push(400, 413, 415)
	return Object.fromEntries(statuses.map((status) => [status, { description: errorMeanings[status] }]))
}
