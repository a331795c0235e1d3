import type { SendOutcome } from '../kernel/mail.ts'
import { concernsRelay } from './pacing/pause-policy.ts'
import { decideRetry } from './retry-policy.ts'
import type { Claimed, Settled } from './store.ts'

/** What an outcome means for the row of the ledger. */
export function settleOutcome(row: Claimed, outcome: SendOutcome): Settled {
	const { subscriptionId, attempts } = row
	// due now, not as of before: should it be the message and not the relay, the others are tried first
	if (concernsRelay(outcome)) return { subscriptionId, attempts, kind: 'untouched', afterSeconds: 0 }
	switch (outcome.kind) {
		case 'accepted':
			return { subscriptionId, attempts, kind: 'accepted', reply: outcome.reply }
		case 'in_doubt':
			return { subscriptionId, attempts, kind: 'in_doubt', reply: outcome.reason }
		case 'not_sent':
			return { subscriptionId, attempts, kind: 'untouched' }
		case 'refused':
			return settleRefusal(row, outcome)
	}
}

function settleRefusal(
	{ subscriptionId, attempts, deferredSeconds }: Claimed,
	{ permanence, reply }: Extract<SendOutcome, { kind: 'refused' }>,
): Settled {
	if (permanence === 'permanent') return { subscriptionId, attempts, kind: 'refused', reply }
	const decision = decideRetry(reply, { attempts, deferredSeconds })
	return decision.kind === 'give_up'
		? { subscriptionId, attempts, kind: 'refused', reply }
		: { subscriptionId, attempts, kind: 'deferred', reply, afterSeconds: decision.afterSeconds }
}
