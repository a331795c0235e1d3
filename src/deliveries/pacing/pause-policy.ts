import type { SendOutcome } from '../../kernel/mail.ts'

const second = 1_000
const longestMs = 60 * second

/**
 * How long, in milliseconds, a relay is left alone after an outcome that concerns it; `failures` counts such outcomes
 * in a row, this one included. A connection that was lost once or twice is no reason to wait: another may hold.
 */
export function decidePause(outcome: SendOutcome, failures: number, baseMs = second): number {
	const forgiven = outcome.kind === 'refused' ? 0 : 2
	if (failures <= forgiven) return 0
	return Math.min(baseMs * 2 ** Math.min(failures - forgiven - 1, 10), Math.max(longestMs, baseMs))
}

/** Whether an outcome says that the relay can't be had now, whoever the recipient. */
export function concernsRelay(outcome: SendOutcome): boolean {
	if (pausesDomain(outcome)) return false
	if (outcome.kind === 'refused' && outcome.account) return true
	return outcome.kind === 'not_sent' || (outcome.kind === 'refused' && outcome.scope === 'relay')
}

/**
 * Whether a relay is to be left alone if it goes on like this. One that loses its connection after each final dot would
 * else leave the whole audience in doubt.
 */
export function failsUs(outcome: SendOutcome): boolean {
	return concernsRelay(outcome) || outcome.kind === 'in_doubt'
}

/** Whether the recipient's domain finds us too fast: Gmail's "unusual rate" (mail-rules S2). It wants ten minutes of quiet. */
export function pausesDomain(outcome: SendOutcome): boolean {
	return (
		outcome.kind === 'refused' && outcome.permanence === 'temporary' && /\b4\.7\.28\b/.test(outcome.reply)
	)
}

/** Whether a reply says that there are too many connections: in words, or by Microsoft's codes (mail-rules S3). */
export function refusesConnections(reply: string): boolean {
	return /\btoo many (?:\w+ ){0,3}(?:connections|sessions)\b|\b(?:connections?|sessions?|sender thread) (?:rate )?limit|\bRP-00[123]\b|\b4\.7\.65[012]\b|maximum (?:number of )?(?:\w+ )?connections/i.test(
		reply,
	)
}
