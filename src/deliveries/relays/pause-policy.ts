import type { SendOutcome } from '../../kernel/mail.ts'

const second = 1_000
const longestMs = 60 * second

/**
 * How long to leave a relay alone, in milliseconds, after so many failures in a row. A connection lost once or
 * twice is no reason to wait: another one may work.
 */
export function decidePause(outcome: SendOutcome, failures: number, baseMs = second): number {
	const forgiven = outcome.kind === 'refused' ? 0 : 2
	if (failures <= forgiven) return 0
	return Math.min(baseMs * 2 ** Math.min(failures - forgiven - 1, 10), Math.max(longestMs, baseMs))
}

/** In words, or by Microsoft's codes. */
export function refusesConnections(reply: string): boolean {
	return /\btoo many (?:\w+ ){0,3}(?:connections|sessions)\b|\b(?:connections?|sessions?|sender thread) (?:rate )?limit|\bRP-00[123]\b|\b4\.7\.65[012]\b|maximum (?:number of )?(?:\w+ )?connections/i.test(
		reply,
	)
}
