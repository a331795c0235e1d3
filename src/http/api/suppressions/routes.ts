import { z } from 'zod'
import type { Clock } from '../../../kernel/clock.ts'
import type { Database } from '../../../kernel/database.ts'
import { suppressionReasons } from '../../../kernel/enumerations.ts'
import type { Keys } from '../../../kernel/keys.ts'
import type { Messages } from '../../../kernel/messages.ts'
import { lineInput } from '../../../kernel/text-input.ts'
import {
	exportSuppressions,
	importSuppressions,
	liftByStaff,
	listSuppressions,
	lookUpSuppression,
	suppressByStaff,
} from '../../../suppressions/index.ts'
import { linkToNext, pageAnswer, pageParams, toPage } from '../../server/paging.ts'
import { defineRoute, type Route, rawBody } from '../../server/route.ts'
import { writeCsv } from '../../server/write-csv.ts'
import { describeErrors, instant, whether } from '../staff-answers.ts'
import { suppressionCursor } from './suppression-cursor.ts'

export type SuppressionsDeps = { db: Database; clock: Clock; keys: Keys; messages: Messages }

const reason = z.enum(suppressionReasons).optional()

const shared = { tag: 'Suppressions' } as const

/** Who is never mailed. Addresses are known by a keyed hash alone. */
export function suppressionRoutes(deps: SuppressionsDeps): Route[] {
	return [...listRoutes(deps), ...changeRoutes(deps), ...tableRoutes(deps)]
}

function listRoutes(deps: SuppressionsDeps): Route[] {
	return [
		defineRoute({
			...shared,
			access: { permission: 'suppressions.read' },
			method: 'get',
			path: '/api/v1/suppressions',
			summary: 'All suppressions',
			query: z.strictObject({
				reason,
				lifted: whether.default(false).meta({ description: 'Those that were lifted too' }),
				...pageParams(suppressionCursor, { max: 1_000, usual: 100, describe: 'Suppressions a page.' }),
			}),
			responses: { 200: { description: 'Newest first', schema: page }, ...describeErrors(401, 422) },
			handle: async ({ query }) => {
				const { after: before, limit, ...filter } = query
				const found = await listSuppressions(deps, { ...filter, before, limit: limit + 1 })
				return { json: toPage(found, limit, suppressionCursor.write) }
			},
		}),
		defineRoute({
			...shared,
			access: { permission: 'suppressions.read' },
			method: 'post',
			path: '/api/v1/suppressions/find',
			summary: 'Whether an address is suppressed',
			description: 'A POST, so that no address stands in a path or a log.',
			body: z.strictObject({ address }),
			responses: {
				200: {
					description: 'Its hash, and what stands against mailing it',
					schema: z.object({ addressHash: z.string(), suppression: standing.nullable() }),
				},
				...describeErrors(400, 401, 422),
			},
			handle: async ({ body }) => {
				const { addressHash, suppression } = await lookUpSuppression(deps, body)
				return { json: { addressHash, suppression: suppression ?? null } }
			},
		}),
	]
}

function changeRoutes(deps: SuppressionsDeps): Route[] {
	return [
		defineRoute({
			...shared,
			access: { permission: 'suppressions.change' },
			method: 'post',
			path: '/api/v1/suppressions',
			summary: 'Suppress an address',
			description: 'For good: only staff can lift it. Subscriptions stay as they are and are not mailed.',
			body: z.strictObject({ address, note: remark.default('') }),
			responses: {
				200: { description: 'It was suppressed before', schema: changed },
				201: { description: 'It is from now on', schema: changed },
				...describeErrors(400, 401, 422),
			},
			handle: async ({ body, request }) => {
				const { addressHash, changed } = await suppressByStaff(deps, body, request.actor)
				return { status: changed ? 201 : 200, json: { addressHash } }
			},
		}),
		defineRoute({
			...shared,
			access: { permission: 'suppressions.change' },
			method: 'post',
			path: '/api/v1/suppressions/lift',
			summary: 'Lift a suppression',
			description: 'Whatever its reason. Why is written down, with who did it.',
			body: liftWish,
			responses: {
				200: { description: 'It stands no more', schema: changed },
				...describeErrors(400, 401, 404, 422),
			},
			handle: async ({ body, request }) => {
				return { json: await liftByStaff(deps, body, body.reason, request.actor) }
			},
		}),
	]
}

function tableRoutes(deps: SuppressionsDeps): Route[] {
	return [
		defineRoute({
			...shared,
			access: { permission: 'suppressions.change' },
			method: 'post',
			path: '/api/v1/suppressions/import',
			summary: 'Suppress the addresses of a table',
			description:
				'CSV with a column `address`, or `address_hash` as this Envoi exports it, and `reason` and `since` where known; or one address a line. Addresses are hashed and not kept.',
			body: rawBody,
			bodyTypes: ['raw'],
			maxBodyBytes: 50_000_000,
			responses: {
				200: { description: 'What became of its lines', schema: imported },
				...describeErrors(400, 401, 413, 422),
			},
			handle: async ({ body, request }) => {
				const { refused, ...counts } = await importSuppressions(deps, [body], request.actor)
				const explain = (problem: string) => deps.messages.text(request.locale, problem)
				return {
					json: {
						...counts,
						refused: refused.map(({ line, problem }) => ({ line, message: explain(problem) })),
					},
				}
			},
		}),
		defineRoute({
			...shared,
			access: { permission: 'suppressions.read' },
			method: 'get',
			path: '/api/v1/suppressions.csv',
			summary: 'The suppressions that stand, as CSV',
			description:
				'Hashes, not addresses: they are of use to an Envoi with the same SECRET_KEY. Where there are more than fit an answer, `Link` leads to the next (RFC 8288).',
			query: z.strictObject({
				reason,
				...pageParams(suppressionCursor, { max: 50_000, usual: 50_000, describe: 'Suppressions an answer.' }),
			}),
			responses: {
				200: { description: 'A line a suppression', contentType: 'text/csv' },
				...describeErrors(401, 422),
			},
			handle: async ({ query, request }) => {
				const { reason, limit, after: before } = query
				const found = await exportSuppressions(deps, { reason, before, limit: limit + 1 }, request.actor)
				const { items, next } = toPage(found, limit, suppressionCursor.write)
				const rows = items.map((row) => [row.addressHash, row.reason, row.since, row.evidence])
				return {
					text: writeCsv([columns, ...rows]),
					contentType: 'text/csv',
					headers: {
						'Content-Disposition': 'attachment; filename="suppressions.csv"',
						...linkToNext('/api/v1/suppressions.csv', { limit, reason }, next),
					},
				}
			},
		}),
	]
}

const columns = ['address_hash', 'reason', 'since', 'evidence']

const address = z.string().max(1_000).meta({ example: 'reader@example.org' })
const hash = z.string().regex(/^[\w-]{43}$/, 'errors.suppression.hash')
const remark = lineInput(200, 0).meta({ description: 'Why; without any address.' })

const liftWish = z
	.strictObject({ address: address.optional(), addressHash: hash.optional(), reason: remark.min(3) })
	.transform(({ address, addressHash, reason }, context) => {
		if (address !== undefined && addressHash === undefined) return { address, reason }
		if (addressHash !== undefined && address === undefined) return { addressHash, reason }
		context.addIssue({ code: 'custom', path: ['address'], message: 'errors.suppression.one_of_both' })
		return z.NEVER
	})

const standing = z.object({ reason: z.enum(suppressionReasons), since: instant })
const changed = z.object({ addressHash: z.string() })

const page = pageAnswer(
	standing.extend({
		addressHash: z.string().meta({ description: 'A keyed hash of the address' }),
		evidence: z.string().nullable(),
		liftedAt: instant.nullable(),
	}),
)

const imported = z.object({
	added: z.int(),
	known: z.int(),
	refusedCount: z.int(),
	refused: z
		.array(z.object({ line: z.int(), message: z.string() }))
		.meta({ description: 'The first hundred lines that can’t be used' }),
})

export type ImportedSuppressionsAnswer = z.infer<typeof imported>
