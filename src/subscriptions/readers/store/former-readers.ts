import { sql } from 'kysely'
import type { DatabaseOrTransaction } from '../../../kernel/database.ts'
import type { EmailAddress } from '../../../kernel/email-address.ts'

/** Persons who left all that they were subscribed to, the last before a time; those who left first. */
export async function selectFormerReaders(
	db: DatabaseOrTransaction,
	before: Date,
	limit: number,
): Promise<Array<{ id: number; address: EmailAddress }>> {
	const { rows } = await sql<EmailAddress & { id: number }>`
		select p.id, p.local_part as local, p.domain, p.comparable_address as comparable
		from (
			select subscriber_id, max(unsubscribed_at) as left_at from subscriptions group by 1
			having bool_and(state = 'unsubscribed' and unsubscribed_at < ${before})
		) former
		join subscribers p on p.id = former.subscriber_id
		order by former.left_at, p.id
		limit ${limit}`.execute(db)
	return rows.map(({ id, ...address }) => ({ id, address }))
}

/** Whether a person is such a one still. */
export async function isFormerReader(
	tx: DatabaseOrTransaction,
	subscriberId: number,
	before: Date,
): Promise<boolean> {
	const { rows } = await sql<{ former: boolean | null }>`
		select bool_and(state = 'unsubscribed' and unsubscribed_at < ${before}) as former
		from subscriptions where subscriber_id = ${subscriberId}`.execute(tx)
	return rows[0]?.former ?? false
}
