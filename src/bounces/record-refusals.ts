import { envelopeIdOf, takeRefusals, type UnrecordedRefusal } from '../deliveries/index.ts'
import { digestProgress } from '../digests/index.ts'
import { withoutCommand } from '../kernel/answered-command.ts'
import { classifyReply } from '../refusals/index.ts'
import { isBelievable } from './is-believable.ts'
import { type RecordDeps, recordEvents } from './record-events.ts'
import type { ReportedEvent } from './reported-event.ts'

/**
 * Records the refusals of a digest that the relay gave at once, as if they had come back by mail. May be called
 * any number of times. Gives how many were new.
 */
export function recordRefusals(deps: RecordDeps, digestId: number): Promise<number> {
	return takeRefusals(deps, digestId, async (refusals) => {
		const events = refusals.filter(isReply).map((refusal) => toEvent(deps, digestId, refusal))
		const believable = isBelievable(await digestProgress(deps, digestId))
		await recordEvents(deps, believable ? events : events.map(asOurFault))
	})
}

/** Dead addresses in such numbers are a fault of our own, whatever the relay calls it: nobody is suppressed, staff is told. */
function asOurFault(event: ReportedEvent): ReportedEvent {
	return event.class === 'address' ? { ...event, class: 'sender', hard: false } : event
}

/** What was refused on our own side, for want of a rendition or of SMTPUTF8 say, is no word on the recipient. */
function isReply({ reply }: UnrecordedRefusal): boolean {
	return /^[45]\d\d\b/.test(reply)
}

function toEvent(
	{ keys }: RecordDeps,
	digestId: number,
	{ subscriptionId, attempts, reply: kept, at }: UnrecordedRefusal,
): ReportedEvent {
	// a refusal of MAIL FROM, or before it, is the relay's and uses no delivery up
	const { reply, command } = withoutCommand(kept)
	const { class: meant, hard, status, replyCode } = classifyReply(reply, command === 'DATA' ? 'data' : 'rcpt')
	return {
		via: 'smtp',
		externalId: `smtp:${digestId}:${subscriptionId}:${attempts}`,
		kind: 'bounce',
		class: meant,
		hard,
		status,
		reply: replyCode,
		diagnostic: kept,
		// the proof that would have come back by mail
		identifiers: { envelopeId: envelopeIdOf(keys, { digestId, subscriptionId }) },
		occurredAt: at,
	}
}
