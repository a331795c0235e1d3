import type { Mailer, MessageKind, SendOutcome } from '../kernel/mail.ts'

/** What became of a message, as it is counted: whether to try again is the difference that operators look at. */
export type OutcomeClass =
	| 'accepted'
	| 'captured'
	| 'refused_temporary'
	| 'refused_permanent'
	| 'not_sent'
	| 'in_doubt'

export type CountSend = (kind: MessageKind, outcome: OutcomeClass, seconds: number) => void

/**
 * A mailer that tells `countSend` what became of each message and how long that took, with its signing unless that was done ahead. What one that
 * `captures` took has reached nobody, and is not counted as accepted.
 */
export function measuringMailer(
	mailer: Mailer,
	countSend: CountSend,
	{ captures = false }: { captures?: boolean } = {},
): Mailer {
	return {
		...(mailer.prepare && { prepare: mailer.prepare }),
		send: async (message) => {
			const begun = performance.now()
			const outcome = await mailer.send(message)
			const taken = captures && outcome.kind === 'accepted' ? 'captured' : classOf(outcome)
			countSend(message.kind ?? 'digest', taken, (performance.now() - begun) / 1000)
			return outcome
		},
		connections: mailer.connections,
		get depth() {
			return mailer.depth ?? 1
		},
		verify: () => mailer.verify(),
		close: () => mailer.close(),
	}
}

function classOf(outcome: SendOutcome): OutcomeClass {
	if (outcome.kind !== 'refused') return outcome.kind
	return outcome.permanence === 'temporary' ? 'refused_temporary' : 'refused_permanent'
}
