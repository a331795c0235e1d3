import type { WebhookAnswer } from '../kernel/post-webhook.ts'

/** What follows from an answer. `waitMs`: until the next try. */
export type WebhookOutcome =
	| { kind: 'delivered' }
	| { kind: 'again'; waitMs: number }
	| { kind: 'failed' }
	/** The target says that it is gone for good. */
	| { kind: 'gone' }

const minutes = 60_000
const hours = 60 * minutes

// as Standard Webhooks advises ("Retry schedule"), over three days and more
const waits = [
	1 * minutes,
	5 * minutes,
	30 * minutes,
	2 * hours,
	5 * hours,
	10 * hours,
	14 * hours,
	20 * hours,
	24 * hours,
]

/** How often a message is tried at most. */
export const mostAttempts = waits.length + 1

/** For how long an endpoint may take nothing before it is disabled. */
export const failingDays = 3

/**
 * What follows from the answer to the `attempt`th try, from 1. Any 2xx is a yes; 410 says that the target is gone; all else, a
 * redirect as well, is tried again. `random`, from 0 to 1, keeps many messages from coming back at once.
 */
export function decideRetry(answer: WebhookAnswer, attempt: number, random: number): WebhookOutcome {
	if ('status' in answer) {
		if (answer.status >= 200 && answer.status < 300) return { kind: 'delivered' }
		if (answer.status === 410) return { kind: 'gone' }
	}
	const wait = waits[attempt - 1]
	return wait === undefined ? { kind: 'failed' } : { kind: 'again', waitMs: wait * (1 + random / 10) }
}
