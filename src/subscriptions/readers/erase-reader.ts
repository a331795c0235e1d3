import { recordAudit } from '../../audit/index.ts'
import type { Actor } from '../../kernel/actor.ts'
import { invalidField } from '../../kernel/app-error.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Database, DatabaseOrTransaction } from '../../kernel/database.ts'
import { type EmailAddress, parseEmailAddress } from '../../kernel/email-address.ts'
import { hashAddress, type Keys } from '../../kernel/keys.ts'
import { repeatTransaction } from '../../kernel/repeat-transaction.ts'
import { suppress } from '../../suppressions/index.ts'
import { stripRows } from '../imports/store/rows.ts'
import { deleteWaitingSignupsOf } from '../store/waiting-signups.ts'
import { deletePerson, lockPerson, stripReceipts } from './store/erasing.ts'

/** A person who is being erased, as other folders know them. */
export type ErasedPerson = {
	address: EmailAddress
	addressHash: string
	subscriptionIds: readonly number[]
}

/** Forgets what a folder holds of a person, in the transaction of the erasure. Gives how many of each kind. */
export type ForgetPerson = (
	tx: DatabaseOrTransaction,
	person: ErasedPerson,
) => Promise<Record<string, number>>

export type EraseDeps = { db: Database; clock: Clock; keys: Keys; forget: readonly ForgetPerson[] }

/** `known`: whether there was such a person. `erased`: how many of each kind were deleted, or go on without the person. */
export type Erasure = { known: boolean; erased: Record<string, number> }

/**
 * Erases a person (GDPR art. 17): what is left is proof of consent and counted deliveries, without the person, and the
 * keyed hash of the address, so that no import brings it back. A second time finds nothing but what came in since.
 * Throws `invalid`.
 */
export async function eraseReader(
	deps: EraseDeps,
	{ address: typed }: { address: string },
	actor: Actor,
): Promise<Erasure> {
	const parsed = parseEmailAddress(typed)
	if (!parsed.ok) throw invalidField('address', `errors.address.${parsed.problem}`)
	const { address } = parsed
	return repeatTransaction(deps.db, async (tx) => {
		const { person, erased } = await erasePerson(tx, deps, { address, page: 'staff' })
		const subject = person === undefined ? 'subscribers' : `subscriber:${person}`
		await recordAudit({ ...deps, db: tx }, { actor, action: 'erase', subject })
		return { known: person !== undefined, erased }
	})
}

/** Erases whoever has an address; `person` is who that was. `page`: where it was asked for. */
export async function erasePerson(
	tx: DatabaseOrTransaction,
	{ keys, clock, forget }: Omit<EraseDeps, 'db'>,
	{ address, page }: { address: EmailAddress; page: string },
): Promise<{ person: number | undefined; erased: Record<string, number> }> {
	const addressHash = hashAddress(keys, address.comparable)
	const at = clock.now()
	const person = await lockPerson(tx, address.comparable)
	const subscriptionIds = person?.subscriptions.map(({ id }) => id) ?? []
	const erased: Record<string, number> = {}
	for (const each of forget) Object.assign(erased, await each(tx, { address, addressHash, subscriptionIds }))
	const signups = await deleteWaitingSignupsOf(tx, addressHash)
	if (signups > 0) erased.signups = signups
	const importRows = await stripRows(tx, addressHash)
	if (importRows > 0) erased.importRows = importRows
	if (person) {
		erased.receipts = await stripReceipts(tx, person, { addressHash, page, at })
		Object.assign(erased, await deletePerson(tx, person))
		await suppress(tx, { addressHash, reason: 'erased', evidence: null, at })
	}
	return { person: person?.id, erased }
}
