import { sql } from 'kysely'
import type { Database } from '../../kernel/database.ts'
import { displayAddress } from '../../kernel/email-address.ts'
import type { SuppressionReason } from '../../kernel/enumerations.ts'
import type { DataSet, ExportScope } from '../data-set.ts'
import { inPages } from './in-pages.ts'

/**
 * Who must not be mailed. Suppressions are of no newsletter: the address is known of those alone who are readers of this one, and
 * who may not see the whole list gets these only.
 */
export const suppressions: DataSet = {
	columns: ['email', 'address_hash', 'reason', 'since', 'evidence'],
	async *read(db, scope) {
		for await (const rows of inPages<Row>((after, limit) => select(db, scope, after, limit))) {
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
	{ newsletterId, allSuppressions }: ExportScope,
	after: Row | undefined,
	limit: number,
): Promise<Row[]> {
	const reader = sql`select p.local_part, p.domain from subscribers p
		join subscriptions s on s.subscriber_id = p.id and s.newsletter_id = ${newsletterId}
		where p.address_hash = x.address_hash limit 1`
	const { rows } = await sql<Row>`
		select p.local_part as local, p.domain, x.address_hash as hash, x.reason, x.created_at as since, x.evidence
		from suppressions x
		${allSuppressions ? sql`left join` : sql`join`} lateral (${reader}) p on true
		where x.lifted_at is null ${after ? sql`and x.address_hash > ${after.hash}` : sql``}
		order by x.address_hash limit ${limit}`.execute(db)
	return rows
}
