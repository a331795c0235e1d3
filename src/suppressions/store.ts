import type { DatabaseOrTransaction } from '../kernel/database.ts'
import type { SuppressionReason } from '../kernel/tables.ts'

/** Why an address must not be mailed, and since when. */
export type Suppression = { reason: SuppressionReason; since: Date }

/** The suppression that stands for an address, known by its `hashAddress`; undefined where it may be mailed. */
export async function findSuppression(
	db: DatabaseOrTransaction,
	addressHash: string,
): Promise<Suppression | undefined> {
	return db
		.selectFrom('suppressions')
		.select(['reason', 'created_at as since'])
		.where('address_hash', '=', addressHash)
		.where('lifted_at', 'is', null)
		.executeTakeFirst()
}

/**
 * Sees to it that an address is never mailed again. What a person asked for (`complaint`, `staff`) outranks what a
 * mailbox could not do, and is not weakened by a later bounce. `evidence` names a report and never holds an address.
 * Gives whether anything changed.
 */
export async function suppress(
	db: DatabaseOrTransaction,
	{ addressHash, reason, evidence, at }: SuppressionInput,
): Promise<boolean> {
	const saved = await db
		.insertInto('suppressions')
		.values({ address_hash: addressHash, reason, evidence, created_at: at, lifted_at: null })
		.onConflict((conflict) =>
			conflict
				.column('address_hash')
				.doUpdateSet({ reason, evidence, created_at: at, lifted_at: null })
				.where((eb) =>
					eb.or([
						eb('suppressions.lifted_at', 'is not', null),
						eb.and([
							eb('suppressions.reason', 'in', ['dead_address', 'mailbox_unusable']),
							eb(eb.ref('excluded.reason'), 'in', ['complaint', 'staff']),
						]),
					]),
				),
		)
		.returning('address_hash')
		.executeTakeFirst()
	return saved !== undefined
}

export type SuppressionInput = {
	addressHash: string
	reason: SuppressionReason
	evidence: string | null
	at: Date
}

/** Ends the suppression of an address; the row stays as its history. Gives whether one stood. */
export async function liftSuppression(
	db: DatabaseOrTransaction,
	{ addressHash, at }: { addressHash: string; at: Date },
): Promise<boolean> {
	const ended = await db
		.updateTable('suppressions')
		.set({ lifted_at: at })
		.where('address_hash', '=', addressHash)
		.where('lifted_at', 'is', null)
		.returning('address_hash')
		.executeTakeFirst()
	return ended !== undefined
}
