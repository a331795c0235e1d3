import { sql } from 'kysely'
import type { DatabaseOrTransaction } from '../kernel/database.ts'
import type { SuppressionReason } from '../kernel/enumerations.ts'

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
 * Sees to it that an address is never mailed again. What lasts (`complaint`, `staff`) outranks what its owner ends by
 * confirming, and is not weakened by a later bounce or an erasure. `evidence` names a report and never holds an address.
 * Gives whether anything changed.
 */
export async function suppress(db: DatabaseOrTransaction, input: SuppressionInput): Promise<boolean> {
	return (await suppressAll(db, [input])) > 0
}

/** As `suppress`, for many addresses at once, each there once. Gives for how many anything changed. */
export async function suppressAll(
	db: DatabaseOrTransaction,
	inputs: readonly SuppressionInput[],
): Promise<number> {
	if (inputs.length === 0) return 0
	// in one order, so that two lists of the same addresses can't wait for each other
	const inOrder = inputs.toSorted((a, b) => (a.addressHash < b.addressHash ? -1 : 1))
	const saved = await db
		.insertInto('suppressions')
		.values(
			inOrder.map(({ addressHash, reason, evidence, at }) => ({
				address_hash: addressHash,
				reason,
				evidence,
				created_at: at,
				lifted_at: null,
			})),
		)
		.onConflict((conflict) =>
			conflict
				.column('address_hash')
				.doUpdateSet((eb) => ({
					reason: eb.ref('excluded.reason'),
					evidence: eb.ref('excluded.evidence'),
					created_at: eb.ref('excluded.created_at'),
					lifted_at: null,
				}))
				.where((eb) =>
					eb.or([
						eb('suppressions.lifted_at', 'is not', null),
						eb.and([
							eb('suppressions.reason', 'in', ['dead_address', 'mailbox_unusable', 'erased']),
							eb(eb.ref('excluded.reason'), 'in', ['complaint', 'staff']),
						]),
					]),
				),
		)
		.returning('address_hash')
		.execute()
	return saved.length
}

export type SuppressionInput = {
	addressHash: string
	reason: SuppressionReason
	evidence: string | null
	at: Date
}

/**
 * Ends the suppression of an address, where `reason` is given only one that stands for it; the row stays as its history.
 * Gives whether one stood.
 */
export async function liftSuppression(
	db: DatabaseOrTransaction,
	{ addressHash, reason, at }: { addressHash: string; reason?: SuppressionReason; at: Date },
): Promise<boolean> {
	let query = db
		.updateTable('suppressions')
		.set({ lifted_at: at })
		.where('address_hash', '=', addressHash)
		.where('lifted_at', 'is', null)
	if (reason) query = query.where('reason', '=', reason)
	return (await query.returning('address_hash').executeTakeFirst()) !== undefined
}

/** Ends suppressions of these addresses that came by `evidence`. Gives the hashes of those that stood. */
export async function liftByEvidence(
	db: DatabaseOrTransaction,
	{ hashes, evidence, at }: { hashes: readonly string[]; evidence: string; at: Date },
): Promise<string[]> {
	if (hashes.length === 0) return []
	const rows = await db
		.updateTable('suppressions')
		.set({ lifted_at: at })
		.where('address_hash', 'in', [...hashes].sort())
		.where('lifted_at', 'is', null)
		.where('evidence', '=', evidence)
		.returning('address_hash')
		.execute()
	return rows.map((row) => row.address_hash)
}

/** A suppression as staff sees it: the address itself is not known. */
export type SuppressionRow = {
	addressHash: string
	reason: SuppressionReason
	evidence: string | null
	since: Date
	liftedAt: Date | null
}

/** Where a page of suppressions ends: the next one goes on behind it. */
export type SuppressionCursor = { since: Date; addressHash: string }

export type SuppressionFilter = {
	reason?: SuppressionReason | undefined
	/** Those that have been lifted too. */
	lifted?: boolean | undefined
	before?: SuppressionCursor | undefined
	limit: number
}

/** The newest first. */
export async function selectSuppressions(
	db: DatabaseOrTransaction,
	{ reason, lifted, before, limit }: SuppressionFilter,
): Promise<SuppressionRow[]> {
	let query = db
		.selectFrom('suppressions')
		.select([
			'address_hash as addressHash',
			'reason',
			'evidence',
			'created_at as since',
			'lifted_at as liftedAt',
		])
		.orderBy('created_at', 'desc')
		.orderBy('address_hash', 'desc')
		.limit(limit)
	if (reason) query = query.where('reason', '=', reason)
	if (!lifted) query = query.where('lifted_at', 'is', null)
	if (before) {
		const { since, addressHash } = before
		query = query.where(sql<boolean>`(created_at, address_hash) < (${since}, ${addressHash})`)
	}
	return query.execute()
}
