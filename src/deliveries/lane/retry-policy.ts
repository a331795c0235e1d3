import { isUnusualRate } from '../pacing/is-domain-rate-refusal.ts'

export type RetryDecision = { kind: 'retry'; afterSeconds: number } | { kind: 'give_up' }

const minute = 60
const hour = 60 * minute

/** RFC 5321 §4.5.4.1: at least 30 minutes in general, less for the first tries, and for 4 to 5 days. */
const waits = [5 * minute, 15 * minute, 30 * minute, hour, 2 * hour, 4 * hour]
const giveUpAfterSeconds = 5 * 24 * hour

/**
 * When to try again after a temporary refusal. `attempts` counts the tries so far, this one included;
 * `deferredSeconds` is the time since the first temporary refusal.
 */
export function decideRetry(
	reply: string,
	{ attempts, deferredSeconds }: { attempts: number; deferredSeconds: number },
): RetryDecision {
	const left = giveUpAfterSeconds - deferredSeconds
	if (left <= 0) return { kind: 'give_up' }
	const usual = waits[Math.min(attempts, waits.length) - 1] ?? hour
	// Gmail wants ten minutes of quiet
	const wait = isUnusualRate(reply) ? Math.max(usual, 10 * minute) : usual
	return { kind: 'retry', afterSeconds: Math.min(wait, left) }
}
