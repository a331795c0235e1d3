import { z } from 'zod'
import { errorAnswer, errorMeanings } from '../server/error-answers.ts'
import type { RouteResponse } from '../server/route.ts'

export { errorAnswer } from '../server/error-answers.ts'

/** A time in JSON answers: ISO 8601 in UTC. */
export const instant = z.iso.datetime().meta({ description: 'UTC', example: '2025-05-01T09:00:00.000Z' })

/** The errors that a route answers with itself, for the API document; what any of its kind may answer is told by itself. */
export function describeErrors(
	...statuses: Array<keyof typeof errorMeanings>
): Record<number, RouteResponse> {
	return Object.fromEntries(
		statuses.map((status) => [status, { description: errorMeanings[status], schema: errorAnswer }]),
	)
}

export const idParams = z.object({ id: z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER) })

export const slugParams = z.object({
	slug: z.string().meta({ description: 'The newsletter', example: 'news' }),
})
