import { z } from 'zod'
import type { RouteResponse } from '../route.ts'

/** A time in JSON answers: ISO 8601 in UTC. */
export const instant = z.iso.datetime().meta({ description: 'UTC', example: '2025-05-01T09:00:00.000Z' })

/** What every error answers with. */
export const errorAnswer = z
	.object({
		code: z.string().meta({ example: 'invalid' }),
		message: z.string().meta({ description: 'A sentence in the language that the request asks for' }),
		fields: z.array(z.object({ field: z.string(), message: z.string() })),
		requestId: z.string(),
	})
	.meta({ id: 'Error' })

const meanings = {
	400: 'The body can’t be read',
	401: 'No valid API key was given',
	404: 'There is no such thing',
	409: 'It clashes with what is there',
	410: 'It is kept no more',
	413: 'The body is larger than is taken here',
	422: 'The input can’t be used; `fields` says where and why',
	502: 'The other side does not answer as it must',
	503: 'A part that is needed does not answer',
}

/** The errors that a route may answer with, for the API document. */
export function describeErrors(...statuses: Array<keyof typeof meanings>): Record<number, RouteResponse> {
	return Object.fromEntries(
		statuses.map((status) => [status, { description: meanings[status], schema: errorAnswer }]),
	)
}

export const idParams = z.object({ id: z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER) })

export const slugParams = z.object({
	slug: z.string().meta({ description: 'The newsletter', example: 'news' }),
})
