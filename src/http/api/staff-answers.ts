import { z } from 'zod'
import { errorAnswer, errorMeanings } from '../server/error-answers.ts'
import type { RouteResponse } from '../server/route.ts'

export { errorAnswer } from '../server/error-answers.ts'

/** A time in JSON answers: ISO 8601 in UTC. */
export const instant = z.iso.datetime().meta({ description: 'UTC', example: '2025-05-01T09:00:00.000Z' })

/** A yes or no of a query. */
export const whether = z.enum(['true', 'false']).transform((text) => text === 'true')

/** Gives a function that takes of an object the fields that an answer has, in their order. */
export function pickFor<Shape extends z.ZodRawShape>({ shape }: z.ZodObject<Shape>) {
	const names = Object.keys(shape) as Array<keyof Shape & string>
	return <Given extends Record<keyof Shape, unknown>>(given: Given) =>
		Object.fromEntries(names.map((name) => [name, given[name]])) as Pick<Given, keyof Shape & keyof Given>
}

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
