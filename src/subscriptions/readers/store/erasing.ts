import { sql } from 'kysely'
import type { DatabaseOrTransaction } from '../../../kernel/database.ts'
import type { Locale } from '../../../kernel/messages.ts'
import { deleteSubscribersIfUnused } from '../../store/subscribers.ts'

export type HeldPerson = {
	id: number
	subscriptions: Array<{ id: number; newsletterId: number; locale: Locale }>
}

/** Holds a person and their subscriptions until the transaction ends, in the order in which a sign-up takes them. */
export async function lockPerson(
	tx: DatabaseOrTransaction,
	comparable: string,
): Promise<HeldPerson | undefined> {
	await sql`select pg_advisory_xact_lock(hashtextextended(${comparable}, 0))`.execute(tx)
	const person = await tx
		.selectFrom('subscribers')
		.select('id')
		.where('comparable_address', '=', comparable)
		.forUpdate()
		.executeTakeFirst()
	if (!person) return undefined
	const subscriptions = await tx
		.selectFrom('subscriptions')
		.select(['id', 'newsletter_id as newsletterId', 'locale'])
		.where('subscriber_id', '=', person.id)
		.orderBy('id')
		.forUpdate()
		.execute()
	return { id: person.id, subscriptions }
}

/** Takes the person out of what proves consent, and writes down that it was done. Gives how many receipts there were. */
export async function stripReceipts(
	tx: DatabaseOrTransaction,
	{ subscriptions }: HeldPerson,
	{ addressHash, page, at }: { addressHash: string; page: string; at: Date },
): Promise<number> {
	let stripped = 0
	for (const { id, newsletterId, locale } of subscriptions) {
		const { numUpdatedRows } = await tx
			.updateTable('consent_receipts')
			.set({
				subscription_id: null,
				newsletter_id: newsletterId,
				address_hash: addressHash,
				ip: null,
				choices: null,
				page: sql`split_part(page, '?', 1)`,
			})
			.where('subscription_id', '=', id)
			.executeTakeFirst()
		stripped += Number(numUpdatedRows)
		await tx
			.insertInto('consent_receipts')
			.values({
				subscription_id: null,
				newsletter_id: newsletterId,
				address_hash: addressHash,
				action: 'erased',
				wording: null,
				wording_version: null,
				locale,
				page,
				ip: null,
				at,
			})
			.execute()
	}
	return stripped
}

/** Deletes a person with all that hangs on them. Gives how many rows of each kind. */
export async function deletePerson(
	tx: DatabaseOrTransaction,
	{ id, subscriptions }: HeldPerson,
): Promise<{ subscriptions: number; confirmations: number; notices: number }> {
	const others = await selectOtherAddresses(tx, id)
	const ids = sql<number>`any(${subscriptions.map((each) => each.id)}::bigint[])`
	const confirmations = await tx
		.deleteFrom('confirmations')
		.where('subscription_id', '=', ids)
		.executeTakeFirst()
	const notices = await tx.deleteFrom('notices').where('subscription_id', '=', ids).executeTakeFirst()
	await tx.deleteFrom('subscriptions').where('id', '=', ids).execute()
	await tx.deleteFrom('subscribers').where('id', '=', id).execute()
	// addresses that the person had before, or asked for and never confirmed
	await deleteSubscribersIfUnused(tx, others)
	return {
		subscriptions: subscriptions.length,
		confirmations: Number(confirmations.numDeletedRows),
		notices: Number(notices.numDeletedRows),
	}
}

async function selectOtherAddresses(tx: DatabaseOrTransaction, id: number): Promise<number[]> {
	const { rows } = await sql<{ id: number }>`
		select subscriber_id as id from reader_requests where new_subscriber_id = ${id}
		union select new_subscriber_id from reader_requests where subscriber_id = ${id} and new_subscriber_id is not null`.execute(
		tx,
	)
	return rows.map((row) => row.id)
}
