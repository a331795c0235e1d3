import { invalidField } from '../../kernel/app-error.ts'
import { addDays } from '../../kernel/clock.ts'
import { type Asking, type ChoicesAnswer, changeByLink } from './change-by-link.ts'
import { putPause } from './store.ts'
import type { ChoicesDeps } from './view-choices.ts'

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
	return changeByLink(deps, asking, async (tx, { subscription, kept }, now) => {
		if (until <= now) throw invalidField('until', 'errors.choices.pause_past')
		if (until > addDays(now, longestPauseDays)) throw invalidField('until', 'errors.choices.pause_too_long')
		if (kept.pausedUntil?.getTime() === until.getTime()) return 'unchanged'
		await putPause(tx, { subscriptionId: subscription.id, now }, until)
		return { action: 'paused', choices: { until: until.toISOString() } }
	})
}

/** Ends a pause before its time. */
export async function resumeReader(
	deps: ChoicesDeps,
	asking: Asking,
): Promise<ChoicesAnswer | 'forged' | 'erased'> {
	return changeByLink(deps, asking, async (tx, { subscription, kept }, now) => {
		if (!kept.pausedUntil || kept.pausedUntil <= now) return 'unchanged'
		await putPause(tx, { subscriptionId: subscription.id, now }, null)
		return { action: 'resumed', choices: null }
	})
}
