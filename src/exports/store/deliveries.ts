import { sql } from 'kysely'
import type { Database } from '../../kernel/database.ts'
import { displayAddress } from '../../kernel/email-address.ts'
import type { DeliveryState } from '../../kernel/enumerations.ts'
import type { DataSet } from '../data-set.ts'
import { inPages } from './in-pages.ts'

/** What became of each digest for each reader, the oldest digest first; until its ledger is pruned. Of persons who were erased there is no address. */
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
					addressOf(row),
					row.locale,
					row.state,
					row.attempts,
					row.changedAt,
					row.reply,
				])
			}
		}
	},
}

type Row = {
	subscriptionId: number
	local: string | null
	domain: string | null
	locale: string | null
	state: DeliveryState
	attempts: number
	changedAt: Date
	reply: string | null
}

async function select(db: Database, digestId: number, after: Row | undefined, limit: number): Promise<Row[]> {
	const { rows } = await sql<Row>`
		select d.subscription_id as "subscriptionId", p.local_part as local, p.domain, v.locale, d.state, d.attempts,
			d.changed_at as "changedAt", d.reply
		from (
			select * from deliveries where digest_id = ${digestId} and subscription_id > ${after?.subscriptionId ?? 0}
			order by subscription_id limit ${limit}
		) d
		left join lateral (select subscriber_id from subscriptions where id = d.subscription_id limit 1) s on true
		left join lateral (select * from subscribers where id = s.subscriber_id limit 1) p on true
		left join renditions r on r.id = d.rendition_id
		left join variants v on v.id = r.variant_id
		order by d.subscription_id`.execute(db)
	return rows
}

function addressOf({ local, domain }: Row): string | null {
	return local === null || domain === null ? null : displayAddress({ local, domain })
}
