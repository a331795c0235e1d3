import { sql } from 'kysely'
import type { Database } from '../../kernel/database.ts'
import { displayAddress } from '../../kernel/email-address.ts'
import type { ConsentAction } from '../../kernel/enumerations.ts'
import type { DataSet } from '../data-set.ts'
import { inPages } from './in-pages.ts'

/** What proves consent and its end. Of persons who were erased there is a keyed hash and no address. */
export const receipts: DataSet = {
	columns: [
		'id',
		'email',
		'address_hash',
		'action',
		'at',
		'language',
		'wording',
		'wording_version',
		'page',
		'ip',
		'choices',
	],
	async *read(db, { newsletterId }) {
		for await (const rows of inPages<Row>((after, limit) => select(db, after, limit))) {
			const own = rows.filter((row) => Number(row.newsletterId) === newsletterId)
			yield own.map(({ local, domain, ...row }) => [
				row.id,
				local === null || domain === null ? null : displayAddress({ local, domain }),
				row.hash,
				row.action,
				row.at,
				row.locale,
				row.wording,
				row.version,
				row.page,
				row.ip,
				row.choices,
			])
		}
	},
}

type Row = {
	id: number
	newsletterId: number | null
	local: string | null
	domain: string | null
	hash: string | null
	action: ConsentAction
	at: Date
	locale: string
	wording: string | null
	version: number | null
	page: string
	ip: string | null
	choices: Record<string, unknown> | null
}

/** Of all newsletters: each receipt is looked up by itself, as the planner would read whole tables for each page. */
async function select(db: Database, after: Row | undefined, limit: number): Promise<Row[]> {
	const { rows } = await sql<Row>`
		select r.id, coalesce(s.newsletter_id, r.newsletter_id) as "newsletterId", p.local_part as local, p.domain,
			coalesce(p.address_hash, r.address_hash) as hash, r.action, r.at, r.locale, r.wording, r.wording_version as version,
			r.page, r.ip, r.choices
		from (select * from consent_receipts where id > ${after?.id ?? 0} order by id limit ${limit}) r
		left join lateral (select * from subscriptions where id = r.subscription_id limit 1) s on true
		left join lateral (select * from subscribers where id = s.subscriber_id limit 1) p on true
		order by r.id`.execute(db)
	return rows
}
