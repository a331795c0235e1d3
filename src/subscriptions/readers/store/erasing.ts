import { sql } from 'kysely'
import type { DatabaseOrTransaction } from '../../../kernel/database.ts'
import type { Locale } from '../../../kernel/messages.ts'
import { Overtaken } from '../../../kernel/repeat-transaction.ts'
import { deleteSubscribersIfUnused, lockAddresses, lockPersons } from '../../store/subscribers.ts'

export type HeldPerson = {
	id: number
	/** Addresses that the person had before, or asked for and never confirmed. */
	otherAddressIds: number[]
	subscriptions: Array<{ id: number; newsletterId: number; locale: Locale }>
}

/**
 * Holds a person, the addresses that they had before or asked for, and their subscriptions until the transaction ends, in the
 * order of `lockAddresses`.
 */
export async function lockPerson(
	tx: DatabaseOrTransaction,
	comparable: string,
): Promise<HeldPerson | undefined> {
	const others = await selectOtherAddresses(tx, comparable)
	await lockAddresses(tx, [comparable, ...others.map((other) => other.comparable)])
	const person = await tx
		.selectFrom('subscribers')
		.select('id')
		.where('comparable_address', '=', comparable)
		.executeTakeFirst()
	if (!person) return undefined
	const ids = [person.id, ...others.map(({ id }) => id)]
	await lockPersons(tx, ids)
	const now = await selectOtherAddresses(tx, comparable)
	if (now.some(({ id }) => !ids.includes(id))) throw new Overtaken()
	const subscriptions = await tx
		.selectFrom('subscriptions')
		.select(['id', 'newsletter_id as newsletterId', 'locale'])
		.where('subscriber_id', '=', person.id)
		.orderBy('id')
		.forUpdate()
		.execute()
	return { id: person.id, otherAddressIds: others.map(({ id }) => id), subscriptions }
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
	{ id, otherAddressIds, subscriptions }: HeldPerson,
): Promise<{ subscriptions: number; confirmations: number; notices: number }> {
	const ids = sql<number>`any(${subscriptions.map((each) => each.id)}::bigint[])`
	const confirmations = await tx
		.deleteFrom('confirmations')
		.where('subscription_id', '=', ids)
		.executeTakeFirst()
	const notices = await tx.deleteFrom('notices').where('subscription_id', '=', ids).executeTakeFirst()
	await tx.deleteFrom('subscriptions').where('id', '=', ids).execute()
	await tx.deleteFrom('subscribers').where('id', '=', id).execute()
	await deleteSubscribersIfUnused(tx, otherAddressIds)
	return {
		subscriptions: subscriptions.length,
		confirmations: Number(confirmations.numDeletedRows),
		notices: Number(notices.numDeletedRows),
	}
}

async function selectOtherAddresses(
	tx: DatabaseOrTransaction,
	comparable: string,
): Promise<Array<{ id: number; comparable: string }>> {
	const { rows } = await sql<{ id: number; comparable: string }>`
		select other.id, other.comparable_address as comparable
		from subscribers p
		join reader_requests r on r.subscriber_id = p.id or r.new_subscriber_id = p.id
		join subscribers other on other.id in (r.subscriber_id, r.new_subscriber_id) and other.id <> p.id
		where p.comparable_address = ${comparable}
		group by other.id`.execute(tx)
	return rows
}
