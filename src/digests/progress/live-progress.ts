import { AppError } from '../../kernel/app-error.ts'
import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import type { DeliveryState, DigestState } from '../../kernel/enumerations.ts'
import { findStall } from './find-stall.ts'
import { type DigestPulse, selectPulse } from './store.ts'

/** How far a digest is, read from a few rows however large its ledger is. The words are those of `DigestProgress`. */
export type LiveProgress = {
	state: DigestState
	/** Whether nothing of it is left to do. */
	over: boolean
	planned: number
	accepted: number
	refused: number
	inDoubt: number
	/** Still to be sent or tried again; `sending` of them are under way. */
	due: number
	sending: number
	bounced: number
	complained: number
	/** Since when it has made no progress though work is due; null where it does, or where nothing is due. */
	stalledSince: Date | null
}

/** How far a digest is now. Throws `not_found`. */
export async function liveProgress(
	{ db }: { db: DatabaseOrTransaction },
	digestId: number,
): Promise<LiveProgress> {
	const progress = (await liveProgressOf({ db }, [digestId])).get(digestId)
	if (!progress) throw new AppError('not_found', 'errors.digest.not_found', { params: { id: digestId } })
	return progress
}

/** How far these digests are now, by id; those that there are not are left out. */
export async function liveProgressOf(
	{ db }: { db: DatabaseOrTransaction },
	digestIds: readonly number[],
): Promise<Map<number, LiveProgress>> {
	const found = new Map<number, LiveProgress>()
	for (const pulse of await selectPulse(db, { ids: digestIds })) {
		found.set(pulse.id, { ...countsOf(pulse), stalledSince: (await findStall({ db }, pulse)) ?? null })
	}
	return found
}

function countsOf({ state, over, planned, tallies }: DigestPulse): Omit<LiveProgress, 'stalledSince'> {
	const tally = (wanted: DeliveryState) => tallies[wanted] ?? 0
	return {
		state,
		over,
		planned: planned - tally('excluded'),
		accepted: tally('accepted'),
		refused: tally('refused'),
		inDoubt: tally('in_doubt'),
		due: planned + tally('planned') + tally('sending'),
		sending: tally('sending'),
		bounced: tally('bounced'),
		complained: tally('complained'),
	}
}
