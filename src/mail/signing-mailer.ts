import type { Mailer, RawMessage, SignDkim } from '../kernel/mail.ts'

/**
 * A mailer that signs each message right before `mailer` sends it, when no header can be added any more
 * (mail-rules A8). What is sent again is signed again.
 */
export function signingMailer(mailer: Mailer, sign: SignDkim): Mailer {
	return {
		send: async (message) =>
			mailer.send({ ...message, raw: putBefore(message.raw, await sign(message.raw)) }),
		connections: mailer.connections,
		get depth() {
			return mailer.depth ?? 1
		},
		verify: () => mailer.verify(),
		close: () => mailer.close(),
	}
}

function putBefore(raw: RawMessage, fields: string): RawMessage {
	return typeof raw === 'string' ? fields + raw : { ...raw, header: fields + raw.header }
}
