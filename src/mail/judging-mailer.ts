import type { Mailer, ReadAccountRefusal } from '../kernel/mail.ts'

/** A mailer that says of each refusal whether it is about our account at the relay, whatever its code and its command. */
export function judgingMailer(mailer: Mailer, readAccountRefusal: ReadAccountRefusal): Mailer {
	return {
		...mailer,
		// it changes with what the relay turns out to offer
		get depth() {
			return mailer.depth ?? 1
		},
		send: async (message) => {
			const outcome = await mailer.send(message)
			if (outcome.kind !== 'refused') return outcome
			const account = readAccountRefusal(outcome.reply, { beforeRecipient: outcome.scope === 'relay' })
			return account ? { ...outcome, account } : outcome
		},
	}
}
