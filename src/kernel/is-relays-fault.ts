import type { SendOutcome } from './mail.ts'

/**
 * Whether an outcome says that a relay can't take mail from us now, whoever the recipient is: it cost the reader
 * nothing, and another relay may take the same message.
 */
export function isRelaysFault(outcome: SendOutcome): boolean {
	if (outcome.kind !== 'refused') return outcome.kind === 'not_sent'
	return outcome.scope === 'relay' || outcome.account !== undefined
}
