import { sql } from 'kysely'
import type { Database, DatabaseOrTransaction } from '../../kernel/database.ts'
import type {
	FinalNoticeState,
	NoticeKind,
	NoticePurpose,
	RequestKind,
	SubscriptionState,
} from '../../kernel/enumerations.ts'
import type { Locale } from '../../kernel/messages.ts'
import { ownReason } from '../../kernel/own-reason.ts'
import type { SignupWish } from '../../kernel/tables/subscriptions.ts'

export type AskedNotice = {
	subscriptionId: number
	mailboxHash: string
	locale: Locale
	/** Whence, by keyed hash. */
	networks: readonly string[]
	hurried: boolean
	/** Without the solution that was asked for. */
	unproven: boolean
	/** What was chosen when signing up. */
	wish?: SignupWish | undefined
	now: Date
}

/** A mail that is due, where none is already (the function of the database says when). Gives the one that is. */
export async function addNotice(db: DatabaseOrTransaction, asked: AskedNotice): Promise<number> {
	const { subscriptionId, mailboxHash, locale, networks, hurried, unproven, now } = asked
	const wish = asked.wish ? JSON.stringify(asked.wish) : null
	const { rows } = await sql<{ id: number }>`
		select add_notice(
			${subscriptionId}, ${mailboxHash}, ${locale}, ${[...networks]}::text[], ${hurried}, ${unproven},
			${wish}::jsonb, ${now}
		) as id`.execute(db)
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
	unproven: boolean
	subscriptionState: SubscriptionState
	address: { local: string; domain: string }
	addressHash: string
	mailboxHash: string
	newsletterId: number
	/** What a reader asked for; null where a sign-up is answered. */
	request: { id: number; kind: RequestKind; isUsed: boolean; isReplaced: boolean } | null
	/** Why it is due, where neither a sign-up nor a request is answered. */
	purpose: NoticePurpose | null
	wish: SignupWish | null
}

/** Whether the reader has asked for another of the kind since, or has another address by now that would not be erased. */
const isReplaced = sql<boolean>`exists (
	select from reader_requests later where later.subscriber_id = request.subscriber_id and (
		later.id > request.id and later.kind = request.kind
		or later.used_at >= request.created_at and request.kind = 'erase' and later.undone_at is null
	)
)`

function selectDueNotice(db: DatabaseOrTransaction, id: number) {
	return (
		db
			.selectFrom('notices')
			.innerJoin('subscriptions', 'subscriptions.id', 'notices.subscription_id')
			.leftJoin('reader_requests as request', 'request.id', 'notices.request_id')
			// a change of address is confirmed at the new one; all else goes to who asked, though the subscription may have moved
			.innerJoin('subscribers', (join) =>
				join.on(
					'subscribers.id',
					'=',
					sql<number>`case when request.used_at is null then coalesce(request.new_subscriber_id, request.subscriber_id,
						subscriptions.subscriber_id) else request.subscriber_id end`,
				),
			)
			.select([
				'notices.id',
				'notices.subscription_id as subscriptionId',
				'notices.locale',
				'attempts',
				'due_at as dueAt',
				'notices.created_at as createdAt',
				'networks',
				'hurried',
				'unproven',
				'subscriptions.state as subscriptionState',
				'local_part as local',
				'domain',
				'address_hash as addressHash',
				'mailbox_hash as mailboxHash',
				'newsletter_id as newsletterId',
				'purpose',
				'wish',
				'request.id as requestId',
				'request.kind as requestKind',
				'request.used_at as requestUsedAt',
				isReplaced.as('requestIsReplaced'),
			])
			.where('notices.id', '=', id)
			.where('notices.state', '=', 'due')
	)
}

type DueNoticeRow = Omit<DueNotice, 'address' | 'mailboxHash' | 'networks' | 'request'> & {
	local: string
	domain: string
	mailboxHash: string | null
	networks: string[] | null
	requestId: number | null
	requestKind: RequestKind | null
	requestUsedAt: Date | null
	requestIsReplaced: boolean
}

function toDueNotice(row: DueNoticeRow): DueNotice {
	const { local, domain, mailboxHash, networks, ...rest } = row
	const { requestId, requestKind, requestUsedAt, requestIsReplaced, ...notice } = rest
	return {
		...notice,
		request:
			requestId !== null && requestKind !== null
				? {
						id: requestId,
						kind: requestKind,
						isUsed: requestUsedAt !== null,
						isReplaced: requestIsReplaced,
					}
				: null,
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
	{ id, mailboxHash, subscriptionId }: Pick<DueNotice, 'id' | 'mailboxHash' | 'subscriptionId'>,
): Promise<DueNotice | undefined> {
	await sql`select pg_advisory_xact_lock(hashtextextended(${mailboxHash}, 1))`.execute(tx)
	// a link refers to the subscription, and whoever deletes or moves that holds it when they come to its notices
	await tx.selectFrom('subscriptions').select('id').where('id', '=', subscriptionId).forKeyShare().execute()
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

/** Deletes what is over and was asked for before a time. Gives how many. */
export async function deleteNoticesBefore(db: DatabaseOrTransaction, before: Date): Promise<number> {
	const { numDeletedRows } = await db
		.deleteFrom('notices')
		.where('state', 'not in', ['due', 'sending'])
		.where('created_at', '<', before)
		.executeTakeFirst()
	return Number(numDeletedRows)
}
