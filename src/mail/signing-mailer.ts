import type { Mailer, RawMessage, ReadyMessage, SignDkim } from '../kernel/mail.ts'

/**
 * A mailer that signs each message before `mailer` sends it, once no header can be added any more (mail-rules A8): ahead of
 * its turn where that is asked for. What is composed again is signed again.
 */
export function signingMailer(mailer: Mailer, sign: SignDkim): Mailer {
	const signed = async (message: ReadyMessage): Promise<ReadyMessage> =>
		message.signed
			? message
			: { ...message, raw: putBefore(message.raw, await sign(message.raw)), signed: true }
	return {
		prepare: signed,
		send: async (message) => mailer.send(await signed(message)),
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
