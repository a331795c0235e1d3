import type { Database } from '../../kernel/database.ts'
import { displayAddress } from '../../kernel/email-address.ts'
import type { DataSet } from '../data-set.ts'
import { inPages } from './in-pages.ts'

/** What became of each digest for each reader, the oldest digest first; until its ledger is pruned. */
export const deliveries: DataSet = {
	columns: ['digest', 'email', 'language', 'state', 'attempts', 'changed_at', 'reply'],
	async *read(db, { newsletterId }) {
		const digests = await db
			.selectFrom('digests')
			.select('id')
			.where('newsletter_id', '=', newsletterId)
			.orderBy('id')
			.execute()
		// one partition of the ledger after the other
		for (const { id } of digests) {
			for await (const rows of inPages<Row>((after, limit) => select(db, id, after, limit))) {
				yield rows.map((row) => [
					id,
					displayAddress({ local: row.local_part, domain: row.domain }),
					row.locale,
					row.state,
					row.attempts,
					row.changed_at,
					row.reply,
				])
			}
		}
	},
}

type Row = Awaited<ReturnType<typeof select>>[number]

function select(
	db: Database,
	digestId: number,
	after: { subscription_id: number } | undefined,
	limit: number,
) {
	return db
		.selectFrom('deliveries as d')
		.innerJoin('subscriptions as s', 's.id', 'd.subscription_id')
		.innerJoin('subscribers as p', 'p.id', 's.subscriber_id')
		.leftJoin('renditions as r', 'r.id', 'd.rendition_id')
		.leftJoin('variants as v', 'v.id', 'r.variant_id')
		.select(['d.subscription_id', 'p.local_part', 'p.domain', 'v.locale', 'd.state', 'd.attempts'])
		.select(['d.changed_at', 'd.reply'])
		.where('d.digest_id', '=', digestId)
		.where('d.subscription_id', '>', after?.subscription_id ?? 0)
		.orderBy('d.subscription_id')
		.limit(limit)
		.execute()
}
