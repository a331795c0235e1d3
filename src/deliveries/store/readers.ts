import { sql } from 'kysely'
import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import type { DeliveryState } from '../../kernel/enumerations.ts'
import { joinMailability, joinUsualProfile, whyNotMailed } from '../../subscriptions/index.ts'

export type Reader = {
	subscriptionId: number
	local: string
	domain: string
	givenName: string | null
	mayBeMailed: boolean
	/** What the readers of the same choices get; undefined where that is nothing, or not decided yet. */
	renditionId: number | undefined
	delivery: { renditionId: number; state: DeliveryState } | undefined
}

export async function findReader(
	db: DatabaseOrTransaction,
	digestId: number,
	comparable: string,
): Promise<Reader | undefined> {
	type Row = Omit<Reader, 'delivery' | 'renditionId'> & {
		usualId: number | null
		renditionId: number | null
		state: DeliveryState | null
	}
	const { rows } = await sql<Row>`
		select s.id as "subscriptionId", p.local_part as local, p.domain, p.given_name as "givenName",
			${whyNotMailed} is null as "mayBeMailed",
			r.id as "usualId", d.rendition_id as "renditionId", d.state
		from digests g
		join subscriptions s on s.newsletter_id = g.newsletter_id
		${joinMailability}
		${joinUsualProfile}
		left join digest_profiles m on m.digest_id = g.id and m.profile_id = coalesce(s.profile_id, usual.id)
		left join renditions r on r.variant_id = m.variant_id
		left join deliveries d on d.digest_id = ${digestId} and d.subscription_id = s.id
		where g.id = ${digestId} and p.comparable_address = ${comparable}`.execute(db)
	const [row] = rows
	if (!row) return undefined
	const { usualId, renditionId, state, ...reader } = row
	return {
		...reader,
		renditionId: usualId ?? undefined,
		delivery: renditionId !== null && state ? { renditionId, state } : undefined,
	}
}
