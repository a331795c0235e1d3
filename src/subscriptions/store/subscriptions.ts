import { type RawBuilder, sql } from 'kysely'
import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import type { EmailAddress } from '../../kernel/email-address.ts'
import type { SubscriptionState, SuppressionReason } from '../../kernel/enumerations.ts'
import type { Locale } from '../../kernel/messages.ts'

/** Marks a subscription as asked for again. False where it is not there any more. */
export async function touchSubscription(db: DatabaseOrTransaction, id: number, now: Date): Promise<boolean> {
	const { numUpdatedRows } = await db
		.updateTable('subscriptions')
		.set({ updated_at: now })
		.where('id', '=', id)
		.executeTakeFirst()
	return numUpdatedRows > 0n
}

/** A subscription with its person and what stands against mailing them. */
export type SubscriptionRecord = {
	id: number
	subscriberId: number
	newsletterId: number
	newsletter: string
	locale: Locale
	state: SubscriptionState
	unsubscribedAt: Date | null
	/** Whether it was left at another address, and came here for one that was not. */
	gaveWay: boolean
	address: EmailAddress
	addressHash: string
	suppression: SuppressionReason | null
}

const gaveWay = sql<boolean>`subscriptions.state = 'unsubscribed' and exists (
	select from reader_requests r
	where r.subscriber_id = subscriptions.subscriber_id and r.used_at is not null and r.undone_at is null
		and r.moves @> jsonb_build_array(jsonb_build_object('with', subscriptions.id))
)`

export const subscriptionColumns = [
	'subscriptions.id',
	'subscriber_id as subscriberId',
	'newsletter_id as newsletterId',
	'slug as newsletter',
	'subscriptions.locale',
	'subscriptions.state',
	'unsubscribed_at as unsubscribedAt',
	'local_part as local',
	'domain',
	'comparable_address as comparable',
	'subscribers.address_hash as addressHash',
	'suppressions.reason as suppression',
	gaveWay.as('gaveWay'),
] as const

export function selectSubscriptions(db: DatabaseOrTransaction) {
	return db
		.selectFrom('subscriptions')
		.innerJoin('newsletters', 'newsletters.id', 'subscriptions.newsletter_id')
		.innerJoin('subscribers', 'subscribers.id', 'subscriptions.subscriber_id')
		.leftJoin('suppressions', (join) =>
			join
				.onRef('suppressions.address_hash', '=', 'subscribers.address_hash')
				.on('suppressions.lifted_at', 'is', null),
		)
}

type AddressColumns = { local: string; domain: string; comparable: string }

export function gatherAddress<Row extends AddressColumns>({ local, domain, comparable, ...row }: Row) {
	return { ...row, address: { local, domain, comparable } }
}

export async function findSubscription(
	db: DatabaseOrTransaction,
	id: number,
): Promise<SubscriptionRecord | undefined> {
	const row = await selectSubscriptions(db)
		.select(subscriptionColumns)
		.where('subscriptions.id', '=', id)
		.executeTakeFirst()
	return row && gatherAddress(row)
}

/** Holds a subscription until the transaction ends; what is read after it is the newest. */
export async function lockSubscription(tx: DatabaseOrTransaction, id: number): Promise<boolean> {
	const row = await tx
		.selectFrom('subscriptions')
		.select('id')
		.where('id', '=', id)
		.forUpdate()
		.executeTakeFirst()
	return row !== undefined
}

/**
 * Makes a subscription active, in the language that was confirmed. In another one than before the choices of before don't
 * hold, and what the reader had is looked up: a translation must not come as something new.
 */
export async function activateSubscription(
	tx: DatabaseOrTransaction,
	{ id, locale, now }: { id: number; locale: Locale; now: Date },
): Promise<void> {
	await tx
		.updateTable('subscriptions')
		.set({
			state: 'active',
			locale,
			profile_id: sql<number | null>`case when locale = ${locale} then profile_id end`,
			choices_version: sql<number>`choices_version + (locale <> ${locale})::int`,
			choices_changed_at: sql<Date | null>`case when locale = ${locale} then choices_changed_at else ${now}::timestamptz end`,
			confirmed_at: now,
			unsubscribed_at: null,
			unsubscribe_reason: null,
			unsubscribe_comment: null,
			// what was only implied has been said now
			consent_until: null,
			updated_at: now,
		})
		.where('id', '=', id)
		.execute()
}

/** Ends a subscription, and the links that could still confirm it: one of before must not undo this later. */
export async function endSubscription(tx: DatabaseOrTransaction, id: number, now: Date): Promise<void> {
	await tx
		.updateTable('subscriptions')
		.set({ state: 'unsubscribed', unsubscribed_at: now, updated_at: now })
		.where('id', '=', id)
		.execute()
	await expireConfirmations(tx, id, now)
}

/** Ends all links that could still confirm a subscription. */
export async function expireConfirmations(tx: DatabaseOrTransaction, id: number, now: Date): Promise<void> {
	await tx
		.updateTable('confirmations')
		.set({ expires_at: now })
		.where('subscription_id', '=', id)
		.where('used_at', 'is', null)
		.where('expires_at', '>', now)
		.execute()
}

export async function reviveSubscription(tx: DatabaseOrTransaction, id: number, now: Date): Promise<void> {
	await tx
		.updateTable('subscriptions')
		.set({
			state: 'active',
			consent_until: null,
			unsubscribed_at: null,
			unsubscribe_reason: null,
			unsubscribe_comment: null,
			updated_at: now,
		})
		.where('id', '=', id)
		.execute()
}

/** Keeps why somebody left, where they have; gives whether they have. */
export async function saveLeavingReason(
	db: DatabaseOrTransaction,
	{ id, reason, comment, now }: { id: number; reason: string; comment: string | null; now: Date },
): Promise<boolean> {
	const row = await db
		.updateTable('subscriptions')
		.set({ unsubscribe_reason: reason, unsubscribe_comment: comment, updated_at: now })
		.where('id', '=', id)
		.where('state', '=', 'unsubscribed')
		.returning('id')
		.executeTakeFirst()
	return row !== undefined
}

/** Takes the person `p` of a subscription that is `gone` out of a receipt `r`. */
export const withoutPerson: RawBuilder<unknown> = sql`subscription_id = null, newsletter_id = gone.newsletter_id,
	address_hash = p.address_hash, ip = null, choices = null, page = split_part(r.page, '?', 1)`

/**
 * Deletes sign-ups that nobody confirmed, with their links and notices, and takes the person out of their receipts, as
 * erasing does: nobody could find those later. Gives their number.
 */
export async function deletePendingBefore(db: DatabaseOrTransaction, before: Date): Promise<number> {
	const { rows } = await sql<{ count: number }>`
		with old as materialized (
			select id from subscriptions where state = 'pending' and updated_at < ${before}
			for update skip locked
		), idle as materialized (
			-- a mail that is being sent holds its notice and then refers to the subscription: left for the next time
			select id from notices where subscription_id in (select id from old) for update skip locked
		), gone as (
			delete from subscriptions s using old where s.id = old.id and not exists (
				select from notices n where n.subscription_id = s.id and n.id not in (select id from idle)
			)
			returning s.id, s.newsletter_id, s.subscriber_id
		), stripped as (
			update consent_receipts r set ${withoutPerson}
			from gone join subscribers p on p.id = gone.subscriber_id
			where r.subscription_id = gone.id
		)
		select count(*)::float8 as count from gone`.execute(db)
	return rows[0]?.count ?? 0
}
