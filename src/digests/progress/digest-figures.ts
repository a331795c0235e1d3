import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import type { DeliveryState } from '../../kernel/enumerations.ts'
import { findStall } from './find-stall.ts'
import { countDigestsByState, countInDoubt, type DigestPulse, selectDueSince, selectPulse } from './store.ts'

/** All digests in a few numbers. */
export type DigestFigures = {
	byState: Record<string, number>
	stalled: number
	/** Of the digests that are not over, by state. */
	deliveries: Record<DeliveryState, number>
	/** In doubt, of all digests: most come when their digest is as good as over. */
	inDoubt: number
	/** Seconds since the delivery that has waited longest became due; 0 where none is. */
	oldestDueSeconds: number
}

const none = { planning: 0, sending: 0, paused: 0, completed: 0, cancelled: 0 }

/** Reads a few rows for each digest that is not over. */
export async function digestFigures({ db }: { db: DatabaseOrTransaction }): Promise<DigestFigures> {
	const figures: DigestFigures = {
		byState: { ...none, ...(await countDigestsByState(db)) },
		stalled: 0,
		deliveries: noDeliveries(),
		inDoubt: await countInDoubt(db),
		oldestDueSeconds: 0,
	}
	for (const pulse of await selectPulse(db, 'watched')) {
		if (pulse.over) continue
		addDeliveries(figures.deliveries, pulse)
		if (await findStall({ db }, pulse)) figures.stalled += 1
		const dueSince = pulse.state === 'sending' ? await selectDueSince(db, pulse.id) : undefined
		const seconds = dueSince ? (pulse.now.getTime() - dueSince.getTime()) / 1000 : 0
		figures.oldestDueSeconds = Math.max(figures.oldestDueSeconds, seconds)
	}
	return figures
}

function noDeliveries(): DigestFigures['deliveries'] {
	return {
		planned: 0,
		sending: 0,
		accepted: 0,
		refused: 0,
		in_doubt: 0,
		excluded: 0,
		bounced: 0,
		complained: 0,
	}
}

function addDeliveries(sums: DigestFigures['deliveries'], { planned, tallies }: DigestPulse): void {
	sums.planned += planned
	for (const state of Object.keys(sums) as DeliveryState[]) sums[state] += tallies[state] ?? 0
}
