import { sql } from 'kysely'
import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import type { SubscriptionState } from '../../kernel/enumerations.ts'

export type HeldSubscription = { id: number; newsletterId: number; state: SubscriptionState }

/** A person's subscriptions, held until the transaction ends. */
export async function lockSubscriptionsOf(
	tx: DatabaseOrTransaction,
	subscriberId: number,
): Promise<HeldSubscription[]> {
	return tx
		.selectFrom('subscriptions')
		.select(['id', 'newsletter_id as newsletterId', 'state'])
		.where('subscriber_id', '=', subscriberId)
		.orderBy('id')
		.forUpdate()
		.execute()
}

/** Gives a subscription to another person. What bounced before says nothing of the new address. */
export async function setSubscriber(
	tx: DatabaseOrTransaction,
	{ id, subscriberId, confirmedAt }: { id: number; subscriberId: number; confirmedAt: Date },
): Promise<void> {
	await tx
		.updateTable('subscriptions')
		.set({ subscriber_id: subscriberId, confirmed_at: confirmedAt, updated_at: confirmedAt })
		.where('id', '=', id)
		.execute()
}

/** Exchanges the persons of two subscriptions to one newsletter; a row that is nobody's keeps the place meanwhile. */
export async function swapSubscribers(
	tx: DatabaseOrTransaction,
	{ id, with: other, confirmedAt }: { id: number; with: number; confirmedAt: Date },
): Promise<void> {
	const { rows } = await sql<{ mine: number; theirs: number; nobody: number }>`
		with nobody as (
			insert into subscribers (local_part, domain, comparable_address, address_hash, created_at)
			select '', '', ${`moving ${id}`}::text, ${`moving ${id}`}::text, ${confirmedAt}::timestamptz
			returning id
		)
		select a.subscriber_id as mine, b.subscriber_id as theirs, nobody.id as nobody
		from subscriptions a, subscriptions b, nobody where a.id = ${id} and b.id = ${other}`.execute(tx)
	const [row] = rows
	if (!row) return
	const give = (subscription: number, subscriberId: number) =>
		tx
			.updateTable('subscriptions')
			.set({ subscriber_id: subscriberId, updated_at: confirmedAt })
			.where('id', '=', subscription)
			.execute()
	await give(other, row.nobody)
	await setSubscriber(tx, { id, subscriberId: row.theirs, confirmedAt })
	await give(other, row.mine)
	await tx.deleteFrom('subscribers').where('id', '=', row.nobody).execute()
}
