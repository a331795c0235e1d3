import { z } from 'zod'
import { exportDeliveries } from '../../../deliveries/index.ts'
import { getDigest } from '../../../digests/index.ts'
import { deliveryStates } from '../../../kernel/enumerations.ts'
import { describeReply } from '../../server/describe-reply.ts'
import { idCursor, linkToNext, pageParams, toPage } from '../../server/paging.ts'
import { defineRoute, type Route } from '../../server/route.ts'
import { writeCsv } from '../../server/write-csv.ts'
import { describeErrors, idParams } from '../staff-answers.ts'
import type { DeliveriesDeps } from './routes.ts'

const query = z.strictObject({
	state: z.enum(deliveryStates).optional(),
	...pageParams(idCursor, { max: 50_000, usual: 50_000, describe: 'Deliveries an answer.' }),
})

const columns = ['subscription', 'address', 'state', 'attempts', 'due', 'changed', 'reply']

/** The ledger of a digest as a table for spreadsheets. */
export function deliveriesExportRoutes(deps: DeliveriesDeps): Route[] {
	return [
		defineRoute({
			tag: 'Digests',
			access: { permission: 'subscribers.read' },
			method: 'get',
			path: '/api/v1/digests/{id}/deliveries.csv',
			summary: 'The deliveries of a digest as CSV, with addresses',
			description:
				'Cells that a spreadsheet would take for a formula begin with an apostrophe. The header line comes with the first answer only. Where there are more than fit an answer, `Link` leads to the next (RFC 8288).',
			params: idParams,
			query,
			responses: {
				200: { description: 'A line a delivery', contentType: 'text/csv' },
				...describeErrors(401, 404, 422),
			},
			handle: async ({ params, query, request }) => {
				await getDigest(deps, params.id)
				const wanted = { ...query, limit: query.limit + 1 }
				const found = await exportDeliveries(deps, params.id, wanted, request.actor)
				const { items, next } = toPage(found, query.limit, (last) => idCursor.write(last.subscriptionId))
				const rows = items.map(({ subscriptionId, address, state, attempts, dueAt, changedAt, reply }) => [
					subscriptionId,
					address,
					state,
					attempts,
					dueAt,
					changedAt,
					reply && describeReply(deps.messages, request.locale, reply),
				])
				return {
					text: writeCsv(query.after === undefined ? [columns, ...rows] : rows),
					contentType: 'text/csv',
					headers: {
						'Content-Disposition': `attachment; filename="digest-${params.id}.csv"`,
						...linkToNext(
							`/api/v1/digests/${params.id}/deliveries.csv`,
							{ ...query, after: undefined },
							next,
						),
					},
				}
			},
		}),
	]
}
