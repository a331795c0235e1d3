import type { Transaction } from 'kysely'
import type { Database } from './database.ts'
import type { Tables } from './tables.ts'

/** Thrown in a transaction that waited for another one, which changed what has to be locked: locks are taken in one order. */
export class Overtaken extends Error {}

const most = 10

/**
 * Runs a transaction, and from the beginning again where it was overtaken, or was ended for the sake of another (deadlock and
 * serialization failure, SQLSTATE class 40). `work` does nothing outside the transaction that may not be done twice. Rejects
 * as it does, also where the tenth time fails.
 */
export async function repeatTransaction<T>(
	db: Database,
	work: (tx: Transaction<Tables>) => Promise<T>,
): Promise<T> {
	for (let time = 1; ; time++) {
		try {
			return await db.transaction().execute(work)
		} catch (error) {
			if (time === most || !mayRepeat(error)) throw error
		}
	}
}

function mayRepeat(error: unknown): boolean {
	const { code } = error as { code?: unknown }
	return error instanceof Overtaken || (typeof code === 'string' && /^40(?:001|P01)$/.test(code))
}
