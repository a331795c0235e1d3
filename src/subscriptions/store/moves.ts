import { sql } from 'kysely'
import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import type { SubscriptionState } from '../../kernel/enumerations.ts'
import { expireConfirmations, withoutPerson } from './subscriptions.ts'

export type HeldSubscription = {
	id: number
	newsletterId: number
	state: SubscriptionState
	unsubscribedAt: Date | null
}

/** A person's subscriptions, held until the transaction ends. */
export async function lockSubscriptionsOf(
	tx: DatabaseOrTransaction,
	subscriberId: number,
): Promise<HeldSubscription[]> {
	return tx
		.selectFrom('subscriptions')
		.select(['id', 'newsletter_id as newsletterId', 'state', 'unsubscribed_at as unsubscribedAt'])
		.where('subscriber_id', '=', subscriberId)
		.orderBy('id')
		.forUpdate()
		.execute()
}

/**
 * Gives a subscription to another person. What bounced before says nothing of the new address, and what the former one was
 * mailed or is to be mailed is not for this one.
 */
export async function setSubscriber(
	tx: DatabaseOrTransaction,
	{ id, subscriberId, confirmedAt }: { id: number; subscriberId: number; confirmedAt: Date },
): Promise<void> {
	await tx
		.updateTable('subscriptions')
		.set({ subscriber_id: subscriberId, confirmed_at: confirmedAt, updated_at: confirmedAt })
		.where('id', '=', id)
		.execute()
	await forgetSignups(tx, id, confirmedAt)
}

/** Ends what sign-ups have brought about for a subscription: their links, and mails that are due. */
async function forgetSignups(tx: DatabaseOrTransaction, id: number, now: Date): Promise<void> {
	await tx
		.updateTable('notices')
		.set({ state: 'withheld', reply: 'the address was changed', finished_at: now, networks: null })
		.where('subscription_id', '=', id)
		.where('request_id', 'is', null)
		.where(({ or, eb }) => or([eb('purpose', 'is', null), eb('purpose', '<>', 'welcome')]))
		.where('state', '=', 'due')
		.execute()
	await expireConfirmations(tx, id, now)
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
	await forgetSignups(tx, other, confirmedAt)
	await tx.deleteFrom('subscribers').where('id', '=', row.nobody).execute()
}

/**
 * Deletes a sign-up that nobody confirmed, in whose place another subscription comes: its receipts stay as those of sign-ups
 * that were pruned, its links lead to the other one.
 */
export async function giveWayTo(
	tx: DatabaseOrTransaction,
	{ pending, id }: { pending: number; id: number },
): Promise<void> {
	await tx
		.updateTable('confirmations')
		.set({ subscription_id: id })
		.where('subscription_id', '=', pending)
		.execute()
	await sql`
		with gone as (
			delete from subscriptions where id = ${pending} and state = 'pending'
			returning id, newsletter_id, subscriber_id
		)
		update consent_receipts r set ${withoutPerson}
		from gone join subscribers p on p.id = gone.subscriber_id
		where r.subscription_id = gone.id`.execute(tx)
}
