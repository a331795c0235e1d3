import { recordAudit } from '../audit/index.ts'
import type { Actor } from '../kernel/actor.ts'
import { AppError, invalidField } from '../kernel/app-error.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import { parseEmailAddress } from '../kernel/email-address.ts'
import { hashAddress, type Keys } from '../kernel/keys.ts'
import { findSuppression, liftSuppression, type Suppression, suppress } from './store.ts'

type Deps = { db: Database; clock: Clock; keys: Keys }

/** An address, or the keyed hash that lists show in its place. */
export type AddressOrHash = { address: string } | { addressHash: string }

/**
 * Suppresses an address at the wish of staff, for good: not even its owner ends that by signing up. `note` says why,
 * without any address. Gives its hash and whether anything changed. Throws `invalid`.
 */
export async function suppressByStaff(
	deps: Deps,
	{ address, note }: { address: string; note: string },
	actor: Actor,
): Promise<{ addressHash: string; changed: boolean }> {
	refuseAddressIn('note', note)
	const addressHash = hashOf(deps, { address })
	const evidence = note === '' ? null : note
	const changed = await deps.db.transaction().execute(async (tx) => {
		if (!(await suppress(tx, { addressHash, reason: 'staff', evidence, at: deps.clock.now() }))) return false
		const subject = `suppression:${addressHash}`
		await recordAudit({ ...deps, db: tx }, { actor, action: 'suppress', subject, detail: note || undefined })
		return true
	})
	return { addressHash, changed }
}

/**
 * Ends a suppression, whatever its reason; `reason` says why and is for the audit. Gives the hash. Throws `invalid`, and
 * `not_found` where none stands.
 */
export async function liftByStaff(
	deps: Deps,
	target: AddressOrHash,
	reason: string,
	actor: Actor,
): Promise<{ addressHash: string }> {
	refuseAddressIn('reason', reason)
	const addressHash = hashOf(deps, target)
	await deps.db.transaction().execute(async (tx) => {
		const lifted = await liftSuppression(tx, { addressHash, at: deps.clock.now() })
		if (!lifted) throw new AppError('not_found', 'errors.suppression.not_found')
		const subject = `suppression:${addressHash}`
		await recordAudit({ ...deps, db: tx }, { actor, action: 'lift', subject, detail: reason })
	})
	return { addressHash }
}

/** Whether and why an address must not be mailed. Throws `invalid`. */
export async function lookUpSuppression(
	deps: Omit<Deps, 'clock'>,
	target: AddressOrHash,
): Promise<{ addressHash: string; suppression: Suppression | undefined }> {
	const addressHash = hashOf(deps, target)
	return { addressHash, suppression: await findSuppression(deps.db, addressHash) }
}

/** The keyed hash of an address that staff looks for; that somebody looked is written down. Throws `invalid`. */
export async function findByStaff(deps: Deps, address: string, actor: Actor): Promise<string> {
	const addressHash = hashOf(deps, { address })
	await recordAudit(deps, { actor, action: 'find', subject: 'suppressions' })
	return addressHash
}

function hashOf({ keys }: Pick<Deps, 'keys'>, target: AddressOrHash): string {
	if ('addressHash' in target) return target.addressHash
	const parsed = parseEmailAddress(target.address)
	if (!parsed.ok) throw invalidField('address', `errors.address.${parsed.problem}`)
	return hashAddress(keys, parsed.address.comparable)
}

/** A list of hashes that is to outlive the erasure of addresses must not keep one in a remark. */
function refuseAddressIn(field: string, text: string): void {
	if (text.includes('@')) throw invalidField(field, 'errors.suppression.names_address')
}
