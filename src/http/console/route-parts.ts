import { z } from 'zod'

/** What a form of the console sends: a form without any field ticked has an empty body. */
export const form = { bodyTypes: ['urlencoded'], bodyOptional: true } as const

/** What a page answers with. */
export const responses = { 200: { description: 'A page', contentType: 'text/html' } }

/** What a form answers with that was taken. */
export const onward = { 303: { description: 'To a page that shows what came of it' } }

/** The parameters of a page of one newsletter. */
export const slugOnly = z.object({ slug: z.string() })
