import { sql } from 'kysely'
import type { Database } from '../../kernel/database.ts'
import { displayAddress } from '../../kernel/email-address.ts'
import type { SuppressionReason } from '../../kernel/enumerations.ts'
import type { DataSet } from '../data-set.ts'
import { inPages } from './in-pages.ts'

/**
 * Who must not be mailed, of the whole installation: suppressions are of no newsletter. The address is known of those alone who
 * are readers of this one.
 */
export const suppressions: DataSet = {
	columns: ['email', 'address_hash', 'reason', 'since', 'evidence'],
	async *read(db, newsletterId) {
		for await (const rows of inPages<Row>((after, limit) => select(db, newsletterId, after, limit))) {
			yield rows.map(({ local, domain, hash, reason, since, evidence }) => [
				local === null || domain === null ? null : displayAddress({ local, domain }),
				hash,
				reason,
				since,
				evidence,
			])
		}
	},
}

type Row = {
	local: string | null
	domain: string | null
	hash: string
	reason: SuppressionReason
	since: Date
	evidence: string | null
}

async function select(
	db: Database,
	newsletterId: number,
	after: Row | undefined,
	limit: number,
): Promise<Row[]> {
	const { rows } = await sql<Row>`
		select p.local_part as local, p.domain, x.address_hash as hash, x.reason, x.created_at as since, x.evidence
		from (
			select * from suppressions
			where lifted_at is null ${after ? sql`and address_hash > ${after.hash}` : sql``}
			order by address_hash limit ${limit}
		) x
		left join lateral (
			select p.local_part, p.domain from subscribers p
			join subscriptions s on s.subscriber_id = p.id and s.newsletter_id = ${newsletterId}
			where p.address_hash = x.address_hash limit 1
		) p on true
		order by x.address_hash`.execute(db)
	return rows
}
