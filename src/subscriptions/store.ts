import { sql } from 'kysely'
import { addSeconds } from '../kernel/clock.ts'
import type { Database, DatabaseOrTransaction } from '../kernel/database.ts'
import type { EmailAddress } from '../kernel/email-address.ts'
import type { Locale } from '../kernel/messages.ts'
import { ownReason } from '../kernel/own-reason.ts'
import type { ConsentAction, NoticeKind, SubscriptionState, SuppressionReason } from '../kernel/tables.ts'

import { joinMailability, whyNotMailed } from './mailability/store.ts'

type AddressRow = { address: EmailAddress; addressHash: string; now: Date }

/** The row of an address, new or known: the update changes nothing but gives the id, and takes as long. */
export async function upsertSubscriber(tx: DatabaseOrTransaction, row: AddressRow): Promise<number> {
	// two that come together would else meet at the other unique column, of which `on conflict` knows nothing
	await sql`select pg_advisory_xact_lock(hashtextextended(${row.address.comparable}, 0))`.execute(tx)
	const { id } = await tx
		.insertInto('subscribers')
		.values({
			local_part: row.address.local,
			domain: row.address.domain,
			comparable_address: row.address.comparable,
			address_hash: row.addressHash,
			created_at: row.now,
		})
		.onConflict((conflict) =>
			conflict.column('comparable_address').doUpdateSet((eb) => ({
				comparable_address: eb.ref('excluded.comparable_address'),
			})),
		)
		.returning('id')
		.executeTakeFirstOrThrow()
	return id
}

type SubscriptionRow = { newsletterId: number; subscriberId: number; locale: Locale; now: Date }

/** A new subscription is pending; one that exists keeps its state and language, and is only marked as asked for again. */
export async function upsertSubscription(db: DatabaseOrTransaction, row: SubscriptionRow): Promise<number> {
	const { id } = await db
		.insertInto('subscriptions')
		.values({
			newsletter_id: row.newsletterId,
			subscriber_id: row.subscriberId,
			locale: row.locale,
			state: 'pending',
			created_at: row.now,
			updated_at: row.now,
		})
		.onConflict((conflict) =>
			conflict.columns(['newsletter_id', 'subscriber_id']).doUpdateSet({ updated_at: row.now }),
		)
		.returning('id')
		.executeTakeFirstOrThrow()
	return id
}

/** Marks a subscription as asked for again. False where it is not there any more. */
export async function touchSubscription(db: DatabaseOrTransaction, id: number, now: Date): Promise<boolean> {
	const { numUpdatedRows } = await db
		.updateTable('subscriptions')
		.set({ updated_at: now })
		.where('id', '=', id)
		.executeTakeFirst()
	return numUpdatedRows > 0n
}

export type Receipt = {
	subscriptionId: number
	action: ConsentAction
	wording: string | null
	wordingVersion: number | null
	locale: Locale
	page: string
	ip: string | null
	at: Date
}

export async function addReceipt(db: DatabaseOrTransaction, receipt: Receipt): Promise<void> {
	await db
		.insertInto('consent_receipts')
		.values({
			subscription_id: receipt.subscriptionId,
			action: receipt.action,
			wording: receipt.wording,
			wording_version: receipt.wordingVersion,
			locale: receipt.locale,
			page: receipt.page,
			ip: receipt.ip,
			at: receipt.at,
		})
		.execute()
}

export type AskedNotice = {
	subscriptionId: number
	mailboxHash: string
	locale: Locale
	/** Whence, by keyed hash. */
	networks: readonly string[]
	hurried: boolean
	now: Date
}

// one whose worker was lost would swallow all that follow until it is in doubt
const underWaySeconds = 60
// a second click comes within these, and the link that was just mailed works
const justMailedSeconds = 5

/**
 * A mail that is due; which one is decided when it is sent. One that is due already, under way, or a few seconds old is
 * enough: so two clicks mail once. One that was begun before the person confirmed or left says something else, and does not
 * count. What was put off is due again at once.
 */
export async function addNotice(db: DatabaseOrTransaction, asked: AskedNotice): Promise<number> {
	const { subscriptionId, mailboxHash, locale, hurried, now } = asked
	const networks = sql`${sql.val([...asked.networks])}::text[]`
	const { rows } = await sql<{ id: number }>`
		with open as (
			select id, state from notices where subscription_id = ${subscriptionId} and (
				state = 'due'
				or state = 'sending' and started_at > ${addSeconds(now, -underWaySeconds)}
				or state <> 'sending' and started_at < ${now} and started_at > ${addSeconds(now, -justMailedSeconds)}
					and not exists (
						select from consent_receipts as receipt where receipt.subscription_id = notices.subscription_id
							and receipt.action <> 'requested' and receipt.at >= notices.started_at
					)
			)
			order by id desc limit 1
		), moved as (
			update notices set due_at = least(due_at, ${now}::timestamptz), locale = ${locale}, networks = ${networks},
				hurried = hurried and ${hurried}
			from open where notices.id = open.id and notices.state = 'due' and open.state = 'due'
			returning notices.id
		), made as (
			insert into notices (subscription_id, mailbox_hash, locale, due_at, created_at, networks, hurried)
			select ${subscriptionId}, ${mailboxHash}, ${locale}, ${now}::timestamptz, ${now}::timestamptz, ${networks}, ${hurried}
			where not exists (select from open)
			returning id
		)
		select id from open union all select id from made`.execute(db)
	const [row] = rows
	if (!row) throw new Error('a notice was neither found nor made')
	return row.id
}

/** A notice that is due, with what the decision on it and the mail need. */
export type DueNotice = {
	id: number
	subscriptionId: number
	locale: Locale
	attempts: number
	dueAt: Date
	createdAt: Date
	networks: readonly string[]
	hurried: boolean
	subscriptionState: SubscriptionState
	address: { local: string; domain: string }
	addressHash: string
	mailboxHash: string
	newsletterId: number
}

function selectDueNotice(db: DatabaseOrTransaction, id: number) {
	return db
		.selectFrom('notices')
		.innerJoin('subscriptions', 'subscriptions.id', 'notices.subscription_id')
		.innerJoin('subscribers', 'subscribers.id', 'subscriptions.subscriber_id')
		.select([
			'notices.id',
			'subscription_id as subscriptionId',
			'notices.locale',
			'attempts',
			'due_at as dueAt',
			'notices.created_at as createdAt',
			'networks',
			'hurried',
			'subscriptions.state as subscriptionState',
			'local_part as local',
			'domain',
			'address_hash as addressHash',
			'mailbox_hash as mailboxHash',
			'newsletter_id as newsletterId',
		])
		.where('notices.id', '=', id)
		.where('notices.state', '=', 'due')
}

type DueNoticeRow = Omit<DueNotice, 'address' | 'mailboxHash' | 'networks'> & {
	local: string
	domain: string
	mailboxHash: string | null
	networks: string[] | null
}

function toDueNotice({ local, domain, mailboxHash, networks, ...notice }: DueNoticeRow): DueNotice {
	return {
		...notice,
		address: { local, domain },
		mailboxHash: mailboxHash ?? notice.addressHash,
		networks: networks ?? [],
	}
}

export async function findDueNotice(db: DatabaseOrTransaction, id: number): Promise<DueNotice | undefined> {
	const row = await selectDueNotice(db, id).executeTakeFirst()
	return row && toDueNotice(row)
}

/** Locks a due notice and the mailbox that it goes to, so that two workers can't count the same mails. */
export async function lockDueNotice(
	tx: DatabaseOrTransaction,
	{ id, mailboxHash }: Pick<DueNotice, 'id' | 'mailboxHash'>,
): Promise<DueNotice | undefined> {
	await sql`select pg_advisory_xact_lock(hashtextextended(${mailboxHash}, 1))`.execute(tx)
	// no more than the notice: a sign-up holds subscriber and subscription when it comes to the notice
	const row = await selectDueNotice(tx, id).forUpdate(['notices']).executeTakeFirst()
	return row && toDueNotice(row)
}

/** How many other notices for a mailbox, of any newsletter, were begun since: those that a suppression withheld too. */
export async function countNoticesBegun(
	tx: DatabaseOrTransaction,
	{ id, mailboxHash }: Pick<DueNotice, 'id' | 'mailboxHash'>,
	since: Date,
): Promise<number> {
	const { count } = await tx
		.selectFrom('notices')
		.select(({ fn }) => fn.countAll<number>().as('count'))
		.where('mailbox_hash', '=', mailboxHash)
		.where('id', '!=', id)
		.where('started_at', '>', since)
		.executeTakeFirstOrThrow()
	return Number(count)
}

export async function beginNotice(
	tx: DatabaseOrTransaction,
	{ id, kind, now }: { id: number; kind: NoticeKind | null; now: Date },
): Promise<void> {
	await tx
		.updateTable('notices')
		.set(({ eb }) => ({ kind, state: 'sending', started_at: now, attempts: eb('attempts', '+', 1) }))
		.where('id', '=', id)
		.execute()
}

export type FinalNoticeState = 'accepted' | 'refused' | 'in_doubt' | 'withheld'

export async function finishNotice(
	db: DatabaseOrTransaction,
	{ id, state, reply, now }: { id: number; state: FinalNoticeState; reply: string; now: Date },
): Promise<void> {
	await db
		.updateTable('notices')
		.set({ state, reply, finished_at: now, networks: null })
		.where('id', '=', id)
		.where('state', 'in', ['due', 'sending', 'in_doubt'])
		.execute()
}

export async function postponeNotice(
	db: DatabaseOrTransaction,
	{ id, reply, dueAt }: { id: number; reply: string; dueAt: Date },
): Promise<void> {
	await db
		.updateTable('notices')
		.set({ state: 'due', reply, due_at: dueAt })
		.where('id', '=', id)
		.where('state', '=', 'sending')
		.execute()
}

/** Puts a notice off that was not tried, as a cap on mails is reached. */
export async function deferNotice(db: Database, id: number, dueAt: Date): Promise<void> {
	await db
		.updateTable('notices')
		.set({ due_at: dueAt })
		.where('id', '=', id)
		.where('state', '=', 'due')
		.execute()
}

export async function listDueNotices(db: Database, now: Date, limit: number): Promise<number[]> {
	const rows = await db
		.selectFrom('notices')
		.select('id')
		.where('state', '=', 'due')
		.where('due_at', '<=', now)
		.orderBy('due_at')
		.limit(limit)
		.execute()
	return rows.map(({ id }) => id)
}

/** Notices whose worker was lost between the first byte and the reply. Gives their number. */
export async function doubtNoticesBegunBefore(db: Database, before: Date, now: Date): Promise<number> {
	const rows = await db
		.updateTable('notices')
		.set({ state: 'in_doubt', reply: ownReason('worker_lost'), finished_at: now, networks: null })
		.where('state', '=', 'sending')
		.where('started_at', '<', before)
		.returning('id')
		.execute()
	return rows.length
}

export async function addConfirmation(
	db: DatabaseOrTransaction,
	row: { tokenHash: string; subscriptionId: number; locale: Locale; now: Date; expiresAt: Date },
): Promise<void> {
	await db
		.insertInto('confirmations')
		.values({
			token_hash: row.tokenHash,
			subscription_id: row.subscriptionId,
			locale: row.locale,
			created_at: row.now,
			expires_at: row.expiresAt,
			used_at: null,
		})
		.execute()
}

/** A subscription with its person and what stands against mailing them. */
export type SubscriptionRecord = {
	id: number
	newsletterId: number
	newsletter: string
	locale: Locale
	state: SubscriptionState
	unsubscribedAt: Date | null
	address: EmailAddress
	addressHash: string
	suppression: SuppressionReason | null
}

export type ConfirmationRecord = SubscriptionRecord & {
	tokenHash: string
	confirmationLocale: Locale
	expiresAt: Date
	usedAt: Date | null
}

const subscriptionColumns = [
	'subscriptions.id',
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
] as const

function selectSubscriptions(db: DatabaseOrTransaction) {
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

function gatherAddress<Row extends AddressColumns>({ local, domain, comparable, ...row }: Row) {
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

export async function findConfirmation(
	db: DatabaseOrTransaction,
	tokenHash: string,
): Promise<ConfirmationRecord | undefined> {
	const row = await selectSubscriptions(db)
		.innerJoin('confirmations', 'confirmations.subscription_id', 'subscriptions.id')
		.select(subscriptionColumns)
		.select([
			'token_hash as tokenHash',
			'confirmations.locale as confirmationLocale',
			'expires_at as expiresAt',
			'used_at as usedAt',
		])
		.where('token_hash', '=', tokenHash)
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

export async function useConfirmation(
	tx: DatabaseOrTransaction,
	tokenHash: string,
	now: Date,
): Promise<void> {
	await tx.updateTable('confirmations').set({ used_at: now }).where('token_hash', '=', tokenHash).execute()
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

export async function activateSubscription(
	tx: DatabaseOrTransaction,
	{ id, locale, now }: { id: number; locale: Locale; now: Date },
): Promise<void> {
	await tx
		.updateTable('subscriptions')
		.set({
			state: 'active',
			locale,
			confirmed_at: now,
			unsubscribed_at: null,
			unsubscribe_reason: null,
			unsubscribe_comment: null,
			updated_at: now,
		})
		.where('id', '=', id)
		.execute()
}

export async function endSubscription(tx: DatabaseOrTransaction, id: number, now: Date): Promise<void> {
	await tx
		.updateTable('subscriptions')
		.set({ state: 'unsubscribed', unsubscribed_at: now, updated_at: now })
		.where('id', '=', id)
		.execute()
}

export async function reviveSubscription(tx: DatabaseOrTransaction, id: number, now: Date): Promise<void> {
	await tx
		.updateTable('subscriptions')
		.set({
			state: 'active',
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

/** Deletes sign-ups that nobody confirmed, with their links and notices. Gives their number. */
export async function deletePendingBefore(db: DatabaseOrTransaction, before: Date): Promise<number> {
	const rows = await db
		.deleteFrom('subscriptions')
		.where('state', '=', 'pending')
		.where('updated_at', '<', before)
		.returning('id')
		.execute()
	return rows.length
}

/** Deletes addresses that no subscription needs; one that is just being signed up again is passed over. */
export async function deleteUnusedSubscribers(db: Database): Promise<number> {
	return db.transaction().execute(async (tx) => {
		const unused = await selectUnused(tx).forUpdate().skipLocked().execute()
		// looked at again: of a sign-up that ended between the look and the lock only a new statement knows
		const locked = sql<number>`any(${unused.map(({ id }) => id)}::bigint[])`
		const rows = await tx
			.deleteFrom('subscribers')
			.where('id', 'in', selectUnused(tx).where('id', '=', locked))
			.returning('id')
			.execute()
		return rows.length
	})
}

function selectUnused(tx: DatabaseOrTransaction) {
	return tx
		.selectFrom('subscribers')
		.select('id')
		.where(({ not, exists, selectFrom }) =>
			not(
				exists(
					selectFrom('subscriptions')
						.select(sql`1`.as('one'))
						.whereRef('subscriptions.subscriber_id', '=', 'subscribers.id'),
				),
			),
		)
}

export async function deleteConfirmationsExpiredBefore(
	db: DatabaseOrTransaction,
	before: Date,
): Promise<number> {
	const rows = await db
		.deleteFrom('confirmations')
		.where('expires_at', '<', before)
		.returning('token_hash')
		.execute()
	return rows.length
}

export async function selectSubscriptionCounts(
	db: DatabaseOrTransaction,
	newsletterId: number,
): Promise<Array<{ state: SubscriptionState | 'suppressed'; locale: Locale; count: number }>> {
	const { rows } = await sql<{ state: SubscriptionState | 'suppressed'; locale: Locale; count: number }>`
		select coalesce(${whyNotMailed}, 'active') as state,
			s.locale, count(*)::float8 as count
		from subscriptions s
		${joinMailability}
		where s.newsletter_id = ${newsletterId}
		group by 1, 2
		order by 2`.execute(db)
	return rows
}
