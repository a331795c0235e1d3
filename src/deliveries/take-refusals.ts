import type { Database } from '../kernel/database.ts'
import {
	selectDigestsWithUnrecordedRefusals,
	selectUnrecordedRefusals,
	setRefusalsRecorded,
	type UnrecordedRefusal,
} from './store/refusals.ts'

export type { UnrecordedRefusal } from './store/refusals.ts'

const batchSize = 200

/**
 * Hands refusals that are not recorded yet to `record`, some at a time. If that breaks off the same ones come
 * again: `record` must know them.
 */
export async function takeRefusals(
	{ db }: { db: Database },
	digestId: number,
	record: (refusals: UnrecordedRefusal[]) => Promise<void>,
): Promise<number> {
	for (let taken = 0; ; ) {
		const refusals = await selectUnrecordedRefusals(db, digestId, batchSize)
		if (refusals.length === 0) return taken
		await record(refusals)
		await setRefusalsRecorded(db, digestId, refusals)
		taken += refusals.length
	}
}

export function findUnrecordedRefusals({ db }: { db: Database }): Promise<number[]> {
	return selectDigestsWithUnrecordedRefusals(db)
}
