import { sql } from 'kysely'
import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import type { EmailAddress } from '../../kernel/email-address.ts'
import type { RequestKind, SuppressionReason } from '../../kernel/enumerations.ts'
import type { Locale } from '../../kernel/messages.ts'
import type { Move } from '../../kernel/tables/subscriptions.ts'
import { withholdNoticesOf } from '../store/request-notices.ts'

type NewRequest = {
	kind: RequestKind
	subscriptionId: number
	subscriberId: number
	newSubscriberId: number | null
	locale: Locale
	now: Date
	expiresAt: Date
}

/** Keeps what a reader asks for, in place of what they asked for before of the kind and have not confirmed. */
export async function insertRequest(tx: DatabaseOrTransaction, request: NewRequest): Promise<number> {
	const { subscriberId, kind, now } = request
	await endOpenRequests(tx, { subscriberId, kinds: [kind], now })
	const { id } = await tx
		.insertInto('reader_requests')
		.values({
			kind: request.kind,
			subscription_id: request.subscriptionId,
			subscriber_id: request.subscriberId,
			new_subscriber_id: request.newSubscriberId,
			locale: request.locale,
			created_at: request.now,
			expires_at: request.expiresAt,
		})
		.returning('id')
		.executeTakeFirstOrThrow()
	return id
}

/** Ends requests of some kinds that were not carried out, with the mails that they are to bring about. */
export async function endOpenRequests(
	tx: DatabaseOrTransaction,
	{ subscriberId, kinds, now }: { subscriberId: number; kinds: readonly RequestKind[]; now: Date },
): Promise<void> {
	const open = await tx
		.selectFrom('reader_requests')
		.select('id')
		.where('subscriber_id', '=', subscriberId)
		.where('kind', 'in', kinds)
		.where('used_at', 'is', null)
		.where('expires_at', '>', now)
		.execute()
	const ids = open.map(({ id }) => id)
	// in the order in which sending a mail takes its locks
	await withholdNoticesOf(tx, ids, now)
	if (ids.length === 0) return
	await tx
		.updateTable('reader_requests')
		.set({ expires_at: now })
		.where('id', 'in', ids)
		.where('used_at', 'is', null)
		.execute()
}

/** A request as its links find it. Addresses are those of now. */
export type ReaderRequest = {
	id: number
	kind: RequestKind
	subscriptionId: number
	subscriberId: number
	newSubscriberId: number | null
	newsletter: string
	locale: Locale
	address: EmailAddress
	newAddress: EmailAddress | null
	newAddressHash: string | null
	/** What stands against mailing the new address. */
	newSuppression: SuppressionReason | null
	expiresAt: Date
	usedAt: Date | null
	moves: Move[] | null
	undoneAt: Date | null
	/** Whether it was found by the link that takes it back. */
	byUndoLink: boolean
}

/** Finds a request by either of its links. */
export async function findRequest(
	db: DatabaseOrTransaction,
	tokenHash: string,
): Promise<ReaderRequest | undefined> {
	const { rows } = await sql<Omit<ReaderRequest, 'address' | 'newAddress'> & AddressColumns>`
		select r.id, r.kind, r.subscription_id as "subscriptionId", r.subscriber_id as "subscriberId",
			r.new_subscriber_id as "newSubscriberId", n.slug as newsletter, r.locale,
			p.local_part as local, p.domain, p.comparable_address as comparable,
			q.local_part as "newLocal", q.domain as "newDomain", q.comparable_address as "newComparable",
			q.address_hash as "newAddressHash", x.reason as "newSuppression",
			r.expires_at as "expiresAt", r.used_at as "usedAt", r.moves, r.undone_at as "undoneAt",
			coalesce(r.undo_token_hash = ${tokenHash}, false) as "byUndoLink"
		from reader_requests r
		join subscriptions s on s.id = r.subscription_id
		join newsletters n on n.id = s.newsletter_id
		join subscribers p on p.id = r.subscriber_id
		left join subscribers q on q.id = r.new_subscriber_id
		left join suppressions x on x.address_hash = q.address_hash and x.lifted_at is null
		where r.token_hash = ${tokenHash} or r.undo_token_hash = ${tokenHash}`.execute(db)
	const [row] = rows
	if (!row) return undefined
	const { local, domain, comparable, newLocal, newDomain, newComparable, ...request } = row
	const newAddress =
		newLocal !== null && newDomain !== null && newComparable !== null
			? { local: newLocal, domain: newDomain, comparable: newComparable }
			: null
	return { ...request, address: { local, domain, comparable }, newAddress }
}

type AddressColumns = EmailAddress & {
	newLocal: string | null
	newDomain: string | null
	newComparable: string | null
}

/** Keeps the link that a mail holds: the one that asks, or the one that takes back. */
export async function setRequestToken(
	tx: DatabaseOrTransaction,
	id: number,
	link: { tokenHash: string; expiresAt: Date } | { undoTokenHash: string },
): Promise<void> {
	const columns =
		'tokenHash' in link
			? { token_hash: link.tokenHash, expires_at: link.expiresAt }
			: { undo_token_hash: link.undoTokenHash }
	await tx.updateTable('reader_requests').set(columns).where('id', '=', id).execute()
}

/** Notes that a request was carried out. */
export async function markRequestUsed(
	tx: DatabaseOrTransaction,
	id: number,
	{ at, moves }: { at: Date; moves?: readonly Move[] },
): Promise<void> {
	await tx
		.updateTable('reader_requests')
		.set({ used_at: at, ...(moves && { moves: JSON.stringify(moves) }) })
		.where('id', '=', id)
		.execute()
}

export async function markRequestUndone(tx: DatabaseOrTransaction, id: number, at: Date): Promise<void> {
	await tx.updateTable('reader_requests').set({ undone_at: at }).where('id', '=', id).execute()
}

/** A change of address that was carried out and not taken back. */
export type CarriedOutChange = { from: number; to: number; usedAt: Date; moves: Move[]; addresses: string[] }

/** A change of address with those that went on from the new address since, the last one first. */
export async function selectChangesSince(
	tx: DatabaseOrTransaction,
	requestId: number,
): Promise<CarriedOutChange[]> {
	const { rows } = await sql<CarriedOutChange>`
		with recursive changes as (
			select id, subscriber_id, new_subscriber_id, used_at from reader_requests where id = ${requestId}
			union
			select r.id, r.subscriber_id, r.new_subscriber_id, r.used_at
			from changes before
			join reader_requests r on r.subscriber_id = before.new_subscriber_id and r.id <> before.id
				and r.used_at >= before.used_at and r.undone_at is null and r.kind = 'change_address'
		)
		select p.id as "from", q.id as "to", r.used_at as "usedAt", r.moves,
			array[p.comparable_address, q.comparable_address] as addresses
		from changes
		join reader_requests r using (id)
		join subscribers p on p.id = r.subscriber_id
		join subscribers q on q.id = r.new_subscriber_id
		where r.used_at is not null
		order by r.used_at desc, r.id desc`.execute(tx)
	return rows.map((row) => ({ ...row, moves: row.moves ?? [] }))
}

/** Deletes requests whose links are worth nothing any more. Gives their number. */
export async function deleteRequestsEndedBefore(
	db: DatabaseOrTransaction,
	{ unused, used }: { unused: Date; used: Date },
): Promise<number> {
	const rows = await db
		.deleteFrom('reader_requests')
		.where(({ or, and, eb }) =>
			or([and([eb('used_at', 'is', null), eb('expires_at', '<', unused)]), eb('used_at', '<', used)]),
		)
		.returning('id')
		.execute()
	return rows.length
}
