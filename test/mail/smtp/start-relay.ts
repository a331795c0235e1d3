import { onTestFinished } from 'vitest'
import type { Mailer, ReadyMessage } from '../../../src/kernel/mail.ts'
import { createSmtpMailer, type SmtpMailerOptions } from '../../../src/mail/smtp-mailer.ts'
import { alwaysChunked } from '../../support/always-chunked.ts'
import { type SinkOptions, type SmtpSink, startSmtpSink } from '../../support/smtp-sink.ts'

/** Closes something when the test is over. */
export function closeAfterwards(close: () => Promise<unknown> | unknown): void {
	onTestFinished(async () => void (await close()))
}

export type Pair = {
	sink: SmtpSink
	mailer: Mailer
	/** What the mailer said of a relay that does not keep to what it offers. */
	outOfStep: string[]
}

/** A relay and a mailer for it, both closed when the test is over. */
export async function startPair(
	options: SinkOptions = {},
	mailerOptions: Partial<SmtpMailerOptions> = {},
): Promise<Pair> {
	const sink = await startSmtpSink(options)
	const outOfStep: string[] = []
	const mailer = createSmtpMailer({
		url: sink.url,
		chunking: alwaysChunked,
		connections: 2,
		timeouts: { connectMs: 2_000, silenceMs: 2_000 },
		onOutOfStep: (what) => outOfStep.push(what),
		...mailerOptions,
	})
	closeAfterwards(sink.close)
	closeAfterwards(mailer.close)
	return { sink, mailer, outOfStep }
}

export function message(to = 'ada@example.net', body = 'Hello\r\n'): ReadyMessage {
	return {
		envelope: { from: 'bounces@example.org', to },
		raw: `From: news@example.org\r\nTo: ${to}\r\nSubject: News\r\n\r\n${body}`,
	}
}
