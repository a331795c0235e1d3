import { afterEach, expect, test } from 'vitest'
import type { Mailer, ReadyMessage } from '../../src/kernel/mail.ts'
import { ownReason } from '../../src/kernel/own-reason.ts'
import { createSmtpMailer, type SmtpMailerOptions } from '../../src/mail/smtp-mailer.ts'
import { type SinkOptions, type SmtpSink, startSmtpSink } from '../support/smtp-sink.ts'
import { testCertificate } from '../support/test-certificate.ts'

const closers: Array<() => Promise<void>> = []
afterEach(async () => {
	for (const close of closers.splice(0).reverse()) await close()
})

async function startPair(
	options: SinkOptions = {},
	mailerOptions: Partial<SmtpMailerOptions> = {},
): Promise<{ sink: SmtpSink; mailer: Mailer }> {
	const sink = await startSmtpSink(options)
	const mailer = createSmtpMailer({
		url: sink.url,
		connections: 2,
		timeouts: { connectMs: 2_000, silenceMs: 2_000 },
		...mailerOptions,
	})
	closers.push(sink.close, mailer.close)
	return { sink, mailer }
}

function message(to = 'ada@example.net', body = 'Hello\r\n'): ReadyMessage {
	return {
		envelope: { from: 'bounces@example.org', to },
		raw: `From: news@example.org\r\nTo: ${to}\r\nSubject: News\r\n\r\n${body}`,
	}
}

test('A relay that is down leaves the message unsent', async () => {
	const { sink, mailer } = await startPair()
	await sink.close()
	expect(await mailer.send(message())).toMatchObject({
		kind: 'not_sent',
		reason: expect.stringMatching(/ECONNREFUSED/),
	})
	await expect(mailer.verify()).rejects.toThrow(/ECONNREFUSED/)
})

test('A relay that refuses STARTTLS is told nothing in clear', async () => {
	const { sink, mailer } = await startPair({
		extensions: ['STARTTLS'],
		script: (stage) => (stage === 'starttls' ? '454 4.7.0 TLS not available' : undefined),
	})
	const strict = createSmtpMailer({ url: sink.url.replace('?tls=never', ''), connections: 1 })
	expect(await strict.send(message())).toEqual({
		kind: 'refused',
		permanence: 'temporary',
		scope: 'relay',
		reply: '454 4.7.0 TLS not available (in reply to STARTTLS, without which nothing is sent)',
	})
	expect(sink.heard.map((line) => line.split(' ')[0])).toEqual(['EHLO', 'STARTTLS'])

	const lenient = createSmtpMailer({ url: sink.url.replace('never', 'opportunistic'), connections: 1 })
	expect(await lenient.send(message())).toMatchObject({ kind: 'accepted' })
	await Promise.all([strict.close(), lenient.close(), mailer.close()])
})

test('A relay that does not offer STARTTLS is told nothing in clear either, and is refused with the reason (S15)', async () => {
	const { sink } = await startPair({
		script: (stage) => (stage === 'starttls' ? '502 5.5.1 what?' : undefined),
	})
	const strict = createSmtpMailer({ url: `smtp://127.0.0.1:${sink.port}`, connections: 1 })
	expect(await strict.send(message())).toMatchObject({
		kind: 'refused',
		scope: 'relay',
		reply: '502 5.5.1 what? (in reply to STARTTLS, without which nothing is sent)',
	})
	expect(sink.heard.some((line) => line.startsWith('MAIL'))).toBe(false)
	await strict.close()
})

test('With STARTTLS the message goes over TLS; an unknown certificate is refused unless TLS is opportunistic (S15)', async () => {
	const { sink, mailer } = await startPair({ extensions: ['STARTTLS'] })
	const url = sink.url.replace('?tls=never', '')
	const trusting = createSmtpMailer({ url, connections: 1, tls: { ca: testCertificate.cert } })
	expect(await trusting.send(message())).toMatchObject({ kind: 'accepted' })
	expect(sink.messages[0]?.secure).toBe(true)

	const strict = createSmtpMailer({ url, connections: 1 })
	expect(await strict.send(message())).toMatchObject({
		kind: 'not_sent',
		reason: expect.stringMatching(/self.signed/),
	})

	const lenient = createSmtpMailer({ url: `${url}?tls=opportunistic`, connections: 1 })
	expect(await lenient.send(message())).toMatchObject({ kind: 'accepted' })
	expect(sink.messages[1]?.secure).toBe(true)
	await Promise.all([trusting.close(), strict.close(), lenient.close(), mailer.close()])
})

test('Wrong credentials are the relay’s refusal, not the recipient’s', async () => {
	const { sink } = await startPair({ extensions: ['AUTH PLAIN LOGIN'] })
	const mailer = createSmtpMailer({
		url: `smtp://name:p%40ss@127.0.0.1:${sink.port}?tls=never`,
		connections: 1,
	})
	expect(await mailer.send(message())).toMatchObject({
		kind: 'refused',
		permanence: 'permanent',
		scope: 'relay',
		reply: '535 5.7.8 not known here',
	})
	sink.script = (stage) => (stage === 'auth' ? '235 2.7.0 welcome' : undefined)
	expect(await mailer.send(message())).toMatchObject({ kind: 'accepted' })
	expect(sink.heard).toContain(`AUTH PLAIN ${Buffer.from('\0name\0p@ss').toString('base64')}`)
	await mailer.close()
})

test('A relay without AUTH is not sent mail that was to be signed in for', async () => {
	const { sink } = await startPair()
	const mailer = createSmtpMailer({
		url: `smtp://name:pass@127.0.0.1:${sink.port}?tls=never`,
		connections: 1,
	})
	expect(await mailer.send(message())).toMatchObject({
		kind: 'not_sent',
		reason: ownReason('no_sign_in'),
	})
	await mailer.close()
})
