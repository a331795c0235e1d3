import type { Log } from '../../kernel/log.ts'
import type { ReadyMessage, SendOutcome } from '../../kernel/mail.ts'
import { ownReason } from '../../kernel/own-reason.ts'
import { textFromOutside } from '../../kernel/text-from-outside.ts'

type SendDeps = {
	relays: { send(message: ReadyMessage | Promise<ReadyMessage>): Promise<SendOutcome> }
	log: Log
}

/** Composes and sends one message. Never rejects: what goes wrong on our side is an outcome too. */
export async function sendMessage(
	{ relays, log }: SendDeps,
	{ digestId, subscriptionId }: { digestId: number; subscriptionId: number },
	compose: () => ReadyMessage | Promise<ReadyMessage>,
): Promise<SendOutcome> {
	let message: ReadyMessage | Promise<ReadyMessage>
	try {
		message = compose()
	} catch (error) {
		log.error({ digestId, subscriptionId, err: error }, 'a message can’t be composed')
		const detail = error instanceof Error ? textFromOutside(error.message, 500) : ''
		const reply = ownReason('not_composed', detail)
		return { kind: 'refused', permanence: 'permanent', scope: 'recipient', reply }
	}
	try {
		return await relays.send(message)
	} catch (error) {
		log.error({ digestId, err: error }, 'sending broke off')
		return { kind: 'in_doubt', reason: ownReason('broke_off') }
	}
}
