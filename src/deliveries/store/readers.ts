import { sql } from 'kysely'
import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import type { DeliveryState } from '../../kernel/enumerations.ts'
import { joinMailability, whyNotMailed } from '../../subscriptions/index.ts'

export type Reader = {
	subscriptionId: number
	local: string
	domain: string
	locale: string
	mayBeMailed: boolean
	delivery: { renditionId: number; state: DeliveryState } | undefined
}

export async function findReader(
	db: DatabaseOrTransaction,
	digestId: number,
	comparable: string,
): Promise<Reader | undefined> {
	type Row = Omit<Reader, 'delivery'> & { renditionId: number | null; state: DeliveryState | null }
	const { rows } = await sql<Row>`
		select s.id as "subscriptionId", p.local_part as local, p.domain, s.locale,
			${whyNotMailed} is null as "mayBeMailed",
			d.rendition_id as "renditionId", d.state
		from digests g
		join subscriptions s on s.newsletter_id = g.newsletter_id
		${joinMailability}
		left join deliveries d on d.digest_id = ${digestId} and d.subscription_id = s.id
		where g.id = ${digestId} and p.comparable_address = ${comparable}`.execute(db)
	const [row] = rows
	if (!row) return undefined
	const { renditionId, state, ...reader } = row
	return { ...reader, delivery: renditionId !== null && state ? { renditionId, state } : undefined }
}
