import { sql } from 'kysely'
import type { Database, DatabaseOrTransaction } from '../../kernel/database.ts'
import type { EmailAddress } from '../../kernel/email-address.ts'

type AddressRow = { address: EmailAddress; addressHash: string; now: Date }

/**
 * Holds addresses, by their comparable forms, until the transaction ends, whether or not they are known. Whoever needs several takes
 * them all at once and before anything else; then come persons, their subscriptions, notices, requests and suppressions. In
 * this one order nobody waits for somebody who waits for them.
 */
export async function lockAddresses(
	tx: DatabaseOrTransaction,
	comparables: readonly string[],
): Promise<void> {
	for (const comparable of [...new Set(comparables)].sort()) {
		await sql`select pg_advisory_xact_lock(hashtextextended(${comparable}, 0))`.execute(tx)
	}
}

/** Holds persons until the transaction ends, in the order of their ids. */
export async function lockPersons(tx: DatabaseOrTransaction, ids: readonly number[]): Promise<void> {
	await tx
		.selectFrom('subscribers')
		.select('id')
		.where('id', '=', sql<number>`any(${[...ids]}::bigint[])`)
		.orderBy('id')
		.forUpdate()
		.execute()
}

/** The row of an address, new or known, held until the transaction ends. */
export async function upsertSubscriber(
	tx: DatabaseOrTransaction,
	{ address, addressHash, now }: AddressRow,
): Promise<number> {
	const { rows } = await sql<{ id: number }>`
		select upsert_subscriber(
			${address.local}, ${address.domain}, ${address.comparable}, ${addressHash}, ${now}
		) as id`.execute(tx)
	const [row] = rows
	if (!row) throw new Error('an address was neither found nor made')
	return row.id
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

/** Deletes those of some addresses that nothing needs. */
export async function deleteSubscribersIfUnused(
	tx: DatabaseOrTransaction,
	ids: readonly number[],
): Promise<void> {
	if (ids.length === 0) return
	const wanted = sql<number>`any(${[...ids]}::bigint[])`
	await tx
		.deleteFrom('subscribers')
		.where('id', 'in', selectUnused(tx).where('id', '=', wanted))
		.execute()
}

/** Those of no subscription, and of no request that is still worth something. */
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
		.where(({ not, exists, selectFrom }) =>
			not(
				exists(
					selectFrom('reader_requests')
						.select(sql`1`.as('one'))
						.where(({ or, eb }) =>
							or([
								eb('reader_requests.subscriber_id', '=', eb.ref('subscribers.id')),
								eb('reader_requests.new_subscriber_id', '=', eb.ref('subscribers.id')),
							]),
						),
				),
			),
		)
}
