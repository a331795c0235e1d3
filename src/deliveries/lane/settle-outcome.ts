import { isRelaysFault } from '../../kernel/is-relays-fault.ts'
import type { AccountRefusal, SendOutcome } from '../../kernel/mail.ts'
import { isDomainRateRefusal } from '../pacing/is-domain-rate-refusal.ts'
import type { Claimed, Settled } from '../store/claims.ts'
import { decideRetry, type RetryDecision } from './retry-policy.ts'

const longestWaitSeconds = 4 * 3_600

export function settleOutcome(row: Claimed, outcome: SendOutcome): Settled {
	const { subscriptionId, attempts } = row
	if (outcome.kind === 'not_sent' && outcome.begun) return settleBreak(row, outcome.reason)
	if (outcome.kind === 'refused' && outcome.account) return settleOurFault(row, outcome, outcome.account)
	// due from now on: if the message is the cause and not the relay, others go first
	if (isRelaysFault(outcome) && !isDomainRateRefusal(outcome))
		return { subscriptionId, attempts, kind: 'untouched', afterSeconds: 0 }
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

/**
 * A connection lost in the middle is the relay's fault once. If a message breaks another one, a filter of the relay
 * may choke on it: then it is put off, and given up in the end.
 */
function settleBreak({ subscriptionId, attempts, deferredSeconds }: Claimed, reply: string): Settled {
	if (attempts === 1) return { subscriptionId, attempts, kind: 'deferred', reply, afterSeconds: 0 }
	return putOff(
		{ subscriptionId, attempts },
		reply,
		decideRetry(reply, { attempts: attempts - 1, deferredSeconds }),
	)
}

/**
 * A refusal of our account costs no reader anything: the row stays due, whatever the code. The relay is held
 * meanwhile.
 */
function settleOurFault(
	{ subscriptionId, attempts, deferredSeconds }: Claimed,
	{ reply }: Extract<SendOutcome, { kind: 'refused' }>,
	{ cause, waitSeconds }: AccountRefusal,
): Settled {
	const row = { subscriptionId, attempts, kind: 'deferred' as const, reply }
	if (cause === 'rate')
		return { ...row, afterSeconds: waitSeconds ?? Math.min(300, 2 ** Math.min(attempts, 9)) }
	const decision = decideRetry(reply, { attempts, deferredSeconds })
	return { ...row, afterSeconds: decision.kind === 'retry' ? decision.afterSeconds : longestWaitSeconds }
}

function settleRefusal(
	{ subscriptionId, attempts, deferredSeconds }: Claimed,
	{ permanence, reply }: Extract<SendOutcome, { kind: 'refused' }>,
): Settled {
	if (permanence === 'permanent') return { subscriptionId, attempts, kind: 'refused', reply }
	return putOff({ subscriptionId, attempts }, reply, decideRetry(reply, { attempts, deferredSeconds }))
}

function putOff(
	row: Pick<Claimed, 'subscriptionId' | 'attempts'>,
	reply: string,
	decision: RetryDecision,
): Settled {
	return decision.kind === 'give_up'
		? { ...row, kind: 'refused', reply }
		: { ...row, kind: 'deferred', reply, afterSeconds: decision.afterSeconds }
}
