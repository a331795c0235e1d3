import { z } from 'zod'

/** A text that may be missing. What is there in its place is no reason to lose the event. */
export const looseText = z.string().max(10_000).optional().catch(undefined)

/** A number that may be missing, or something else in its place. */
export const looseNumber = z.number().optional().catch(undefined)

/** Either, for what comes as one or the other. */
export const looseValue = z
	.union([z.string().max(1_000), z.number()])
	.optional()
	.catch(undefined)
