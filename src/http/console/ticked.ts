import { z } from 'zod'

/** What was ticked of boxes of one name: a form sends none, one or several. */
export const ticked = z
	.union([z.string(), z.array(z.string())])
	.default([])
	.transform((value) => [value].flat())
