import { afterEach, expect, test } from 'vitest'
import type { Mailer } from '../../src/kernel/mail.ts'
import { createSmtpMailer } from '../../src/mail/smtp-mailer.ts'
import { type SmtpSink, startSmtpSink } from '../support/smtp-sink.ts'

const closers: Array<() => Promise<void>> = []
afterEach(async () => {
	for (const close of closers.splice(0).reverse()) await close()
})

async function startPair(extensions: readonly string[]): Promise<{ sink: SmtpSink; mailer: Mailer }> {
	const sink = await startSmtpSink({ extensions })
	const mailer = createSmtpMailer({ url: sink.url, connections: 1 })
	closers.push(sink.close, mailer.close)
	return { sink, mailer }
}

const envelopeId = '1.5.2a.0123456789abcdef0123456789abcdef'

async function commandsFor(mailer: Mailer, sink: SmtpSink, to: string): Promise<string[]> {
	sink.reset()
	const raw = 'From: news@example.org\r\nSubject: News\r\n\r\nHello\r\n'
	await mailer.send({ envelope: { from: 'bounces@example.org', to, envelopeId }, raw })
	return sink.heard.filter((line) => /^(MAIL|RCPT)/.test(line))
}

test('A relay that offers DSN is told what its reports have to bring back (S4)', async () => {
	const { sink, mailer } = await startPair(['DSN', 'SMTPUTF8'])
	expect(await commandsFor(mailer, sink, 'ada+list=1@example.net')).toEqual([
		expect.stringMatching(`^MAIL FROM:<bounces@example\\.org>.* RET=HDRS ENVID=${envelopeId}$`),
		'RCPT TO:<ada+list=1@example.net> NOTIFY=FAILURE,DELAY ORCPT=rfc822;ada+2Blist+3D1@example.net',
	])
	const [, utf8] = await commandsFor(mailer, sink, 'zoë@example.net')
	expect(utf8).toMatch(/ NOTIFY=FAILURE,DELAY$/)
})

test('A relay that does not offer it hears nothing of it', async () => {
	const { sink, mailer } = await startPair([])
	const commands = await commandsFor(mailer, sink, 'ada@example.net')
	expect(commands.join(' ')).not.toMatch(/RET=|ENVID|NOTIFY|ORCPT/)
})
