import { z } from 'zod'
import { exportDeliveries } from '../../../deliveries/index.ts'
import type { Digest } from '../../../digests/index.ts'
import type { Database } from '../../../kernel/database.ts'
import { describeReply } from '../../server/describe-reply.ts'
import { consoleTag, defineRoute, type RequestContext, type Route } from '../../server/route.ts'
import { writeCsv } from '../../server/write-csv.ts'
import type { DigestPagesDeps } from './routes.ts'

const columns = ['address', 'state', 'attempts', 'due', 'changed', 'reply']
const rowsAtOnce = 2_000

/** What became of a digest for each reader, as a table for spreadsheets: a line a delivery, however many there are. */
export function deliveriesTableRoute(
	deps: DigestPagesDeps,
	findOwn: (deps: { db: Database }, request: RequestContext, id: number) => Promise<Digest>,
): Route {
	return defineRoute({
		tag: consoleTag,
		access: { console: 'subscribers.read' },
		method: 'get',
		path: '/console/digests/{id}/deliveries.csv',
		params: z.object({ id: z.coerce.number().int().positive() }),
		summary: 'What became of a digest for each reader, as a table',
		responses: { 200: { description: 'A line a delivery', contentType: 'text/csv' } },
		handle: async ({ params: { id }, request }) => {
			await findOwn(deps, request, id)
			return {
				parts: toCsv(deps, id, request),
				contentType: 'text/csv',
				headers: { 'Content-Disposition': `attachment; filename="digest-${id}-deliveries.csv"` },
			}
		},
	})
}

async function* toCsv(
	deps: DigestPagesDeps,
	digestId: number,
	{ actor, locale }: RequestContext,
): AsyncGenerator<string> {
	yield writeCsv([columns])
	for (let after: number | undefined; ; ) {
		const found = await exportDeliveries(deps, digestId, { after, limit: rowsAtOnce }, actor)
		yield writeCsv(
			found.map(({ address, state, attempts, dueAt, changedAt, reply }) => [
				address,
				state,
				attempts,
				dueAt,
				changedAt,
				reply && describeReply(deps.messages, locale, reply),
			]),
		)
		if (found.length < rowsAtOnce) return
		after = found.at(-1)?.subscriptionId
	}
}
