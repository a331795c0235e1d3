import type { Mailer, SignDkim } from '../kernel/mail.ts'

/**
 * A mailer that signs each message right before `mailer` sends it, when no header can be added any more
 * (mail-rules A8). What is sent again is signed again.
 */
export function signingMailer(mailer: Mailer, sign: SignDkim): Mailer {
	return {
		send: async ({ envelope, raw }) => mailer.send({ envelope, raw: (await sign(raw)) + raw }),
		connections: mailer.connections,
		verify: () => mailer.verify(),
		close: () => mailer.close(),
	}
}
