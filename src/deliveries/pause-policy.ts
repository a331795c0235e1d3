import type { SendOutcome } from '../kernel/mail.ts'

const second = 1_000
const longestMs = 60 * second

/**
 * How long, in milliseconds, a relay is left alone after an outcome that concerns it; `failures` counts such outcomes
 * in a row, this one included. A connection that was lost once or twice is no reason to wait: another may hold.
 */
export function decidePause(outcome: SendOutcome, failures: number, baseMs = second): number {
	if (outcome.kind === 'refused' && /\b4\.7\.28\b/.test(outcome.reply)) return 600 * second // mail-rules S2
	const forgiven = outcome.kind === 'not_sent' ? 2 : 0
	if (failures <= forgiven) return 0
	return Math.min(baseMs * 2 ** Math.min(failures - forgiven - 1, 10), Math.max(longestMs, baseMs))
}

/** Whether an outcome says that the relay can't be had now, whoever the recipient. */
export function concernsRelay(outcome: SendOutcome): boolean {
	return outcome.kind === 'not_sent' || (outcome.kind === 'refused' && outcome.scope === 'relay')
}
