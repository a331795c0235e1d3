import { invalidField } from '../../kernel/app-error.ts'
import { addDays } from '../../kernel/clock.ts'
import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import { type Asking, type ChoicesAnswer, changeByLink, type Done } from './change-by-link.ts'
import { putPause } from './store.ts'
import type { ChoicesDeps, Found } from './view-choices.ts'

/** How long a pause may be: who wants nothing for longer has no use for a subscription. */
export const longestPauseDays = 366

/**
 * Sends a reader nothing until a time; then it goes on by itself. Another pause takes the place of one that lasts. Throws
 * `invalid` for a time that has passed, or that is more than a year away.
 */
export async function pauseReader(
	deps: ChoicesDeps,
	{ until, ...asking }: Asking & { until: Date },
): Promise<ChoicesAnswer | 'forged' | 'erased'> {
	return changeByLink(deps, asking, (tx, found, now) => changePause(tx, found, until, now))
}

/** Ends a pause before its time. */
export async function resumeReader(
	deps: ChoicesDeps,
	asking: Asking,
): Promise<ChoicesAnswer | 'forged' | 'erased'> {
	return changeByLink(deps, asking, (tx, found, now) => changePause(tx, found, null, now))
}

/** Pauses a subscription that is locked until a time, or ends its pause. Throws as `pauseReader` does. */
export async function changePause(
	tx: DatabaseOrTransaction,
	{ subscription, kept }: Found,
	until: Date | null,
	now: Date,
): Promise<Done> {
	const change = { subscriptionId: subscription.id, now }
	if (until === null) {
		if (!kept.pausedUntil || kept.pausedUntil <= now) return 'unchanged'
		await putPause(tx, change, null)
		return { action: 'resumed', choices: null }
	}
	if (until <= now) throw invalidField('until', 'errors.choices.pause_past')
	if (until > addDays(now, longestPauseDays)) throw invalidField('until', 'errors.choices.pause_too_long')
	if (kept.pausedUntil?.getTime() === until.getTime()) return 'unchanged'
	await putPause(tx, change, until)
	return { action: 'paused', choices: { until: until.toISOString() } }
}
