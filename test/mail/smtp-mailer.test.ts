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

const onRcpt = (answer: string) => (stage: string) => (stage === 'rcpt' ? answer : undefined)
const onMessage = (answer: string) => (stage: string) => (stage === 'message' ? answer : undefined)

test('A message arrives byte for byte, dots and all, with its envelope, and the reply is kept (S15)', async () => {
	const { sink, mailer } = await startPair({ script: onMessage('250 2.0.0 Ok: queued as 4F1') })
	const sent = message('ada@example.net', '.\r\n..two dots\r\n.one dot\r\nend\r\n')
	expect(await mailer.send(sent)).toEqual({ kind: 'accepted', reply: '250 2.0.0 Ok: queued as 4F1' })
	expect(sink.messages).toEqual([
		{ from: 'bounces@example.org', to: 'ada@example.net', raw: sent.raw, secure: false },
	])
})

test('Bare line feeds and carriage returns become line ends, so that no relay sees a second message (F3)', async () => {
	const { sink, mailer } = await startPair()
	await mailer.send(message('ada@example.net', 'one\n.\nMAIL FROM:<x@example.com>\r.\rtwo'))
	expect(sink.messages).toHaveLength(1)
	expect(sink.messages[0]?.raw).toMatch(/one\r\n\.\r\nMAIL FROM:<x@example.com>\r\n\.\r\ntwo\r\n$/)
})

test('Connections are used again, and there are never more than allowed', async () => {
	const { sink, mailer } = await startPair()
	await Promise.all(Array.from({ length: 50 }, (_, index) => mailer.send(message(`r${index}@example.net`))))
	expect(sink.accepted).toBe(50)
	expect(sink.connections).toBe(2)
})

test('A refused recipient is told with the reply, and the connection serves the next message', async () => {
	const { sink, mailer } = await startPair({
		script: (stage, { to }) =>
			stage === 'rcpt' && to.startsWith('gone') ? '550 5.1.1 no such user' : undefined,
	})
	expect(await mailer.send(message('gone@example.net'))).toEqual({
		kind: 'refused',
		permanence: 'permanent',
		scope: 'recipient',
		reply: '550 5.1.1 no such user',
	})
	expect(await mailer.send(message())).toMatchObject({ kind: 'accepted' })
	expect(sink.connections).toBe(1)
	expect(sink.heard).toContain('RSET')
})

test.each([
	['450 4.2.1 The user is receiving mail too quickly', 'rcpt', 'temporary', 'recipient'],
	['451 4.7.1 Greylisted, please try again', 'rcpt', 'temporary', 'recipient'],
	['452 4.3.1 Insufficient system storage', 'rcpt', 'temporary', 'relay'],
	['421 4.7.28 Our system has detected an unusual rate', 'rcpt', 'temporary', 'relay'],
	['530 5.7.0 Must issue a STARTTLS command first', 'mail', 'permanent', 'relay'],
	['550 5.7.1 Sender not allowed', 'mail', 'permanent', 'relay'],
	['451 4.3.5 Server configuration error', 'mail', 'temporary', 'relay'],
	['554 5.7.1 Message rejected as spam', 'message', 'permanent', 'recipient'],
	['451 4.7.1 Try later', 'message', 'temporary', 'recipient'],
	['421 4.3.2 Shutting down', 'message', 'temporary', 'relay'],
	['554 5.5.1 no', 'data', 'permanent', 'recipient'],
] as const)(
	'"%s" in answer to %s is a %s refusal that concerns the %s',
	async (reply, at, permanence, scope) => {
		const { mailer } = await startPair({ script: (stage) => (stage === at ? reply : undefined) })
		const kept = at === 'data' || at === 'message' ? `${reply} (in reply to DATA)` : reply
		expect(await mailer.send(message())).toEqual({ kind: 'refused', permanence, scope, reply: kept })
	},
)

test('A reply of several lines is kept as one', async () => {
	const { mailer } = await startPair({ script: onRcpt('550-5.1.1 The account\r\n550 5.1.1 does not exist') })
	expect(await mailer.send(message())).toMatchObject({ reply: '550-5.1.1 The account 5.1.1 does not exist' })
})

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

test.each(['connect', 'ehlo', 'mail', 'rcpt', 'data'] as const)(
	'A connection lost at %s, before the final dot, leaves the message unsent',
	async (at) => {
		const { mailer } = await startPair({ script: (stage) => (stage === at ? 'drop' : undefined) })
		expect(await mailer.send(message())).toMatchObject({ kind: 'not_sent' })
	},
)

test('A connection lost after the final dot and before the reply leaves a doubt (RFC 1047)', async () => {
	const { mailer } = await startPair({ script: onMessage('drop') })
	expect(await mailer.send(message())).toMatchObject({ kind: 'in_doubt' })
})

test('A relay that hangs leaves a doubt only after the final dot', async () => {
	const { sink, mailer } = await startPair(
		{ script: onMessage('hang') },
		{ timeouts: { connectMs: 2_000, silenceMs: 150 } },
	)
	expect(await mailer.send(message())).toEqual({
		kind: 'in_doubt',
		reason: ownReason('lost_at_end', 'Timeout'),
	})
	sink.script = onRcpt('hang')
	expect(await mailer.send(message())).toEqual({
		kind: 'not_sent',
		reason: ownReason('connection_lost', 'Timeout'),
		begun: true,
	})
	sink.script = (stage) => (stage === 'connect' ? 'hang' : undefined)
	expect(await mailer.send(message())).toEqual({ kind: 'not_sent', reason: expect.any(String) })
})

test('A slow relay is waited for', async () => {
	const { mailer } = await startPair({
		script: (stage) => (stage === 'message' ? { afterMs: 300, answer: '250 2.0.0 at last' } : undefined),
	})
	expect(await mailer.send(message())).toEqual({ kind: 'accepted', reply: '250 2.0.0 at last' })
})

test('Nonsense in place of the last reply, or half of one, leaves a doubt; before the dot it does not', async () => {
	const { sink, mailer } = await startPair({ script: onMessage('hello there') })
	expect(await mailer.send(message())).toEqual({
		kind: 'in_doubt',
		reason: ownReason('unexpected_reply', 'hello there'),
	})
	sink.script = (stage) => (stage === 'message' ? { cut: '250 2.0' } : undefined)
	expect(await mailer.send(message())).toMatchObject({ kind: 'in_doubt' })
	sink.script = (stage) => (stage === 'message' ? { cut: '550 5.7.1 no' } : undefined)
	expect(await mailer.send(message())).toMatchObject({
		kind: 'refused',
		scope: 'recipient',
		reply: '550 5.7.1 no (in reply to DATA)',
	})
	sink.script = (stage) => (stage === 'mail' ? 'hello there' : undefined)
	expect(await mailer.send(message())).toEqual({
		kind: 'not_sent',
		reason: ownReason('unexpected_reply', 'hello there'),
		begun: true,
	})
})

test('A relay that ends a connection after some messages is connected to again (S3)', async () => {
	const { sink, mailer } = await startPair(
		{ script: (stage, { brought }) => (stage === 'mail' && brought === 3 ? 'drop' : undefined) },
		{ connections: 1 },
	)
	for (let count = 0; count < 10; count++) {
		expect(await mailer.send(message())).toMatchObject({ kind: 'accepted' })
	}
	expect(sink.connections).toBe(4)

	sink.script = (stage, { brought }) =>
		stage === 'mail' && brought > 1 ? '421 4.4.2 too many messages' : undefined
	for (let count = 0; count < 4; count++) {
		expect(await mailer.send(message())).toMatchObject({ kind: 'accepted' })
	}
	expect(sink.accepted).toBe(14)
})

test('An address with letters beyond ASCII is refused here unless the relay takes SMTPUTF8 (S14)', async () => {
	const { sink, mailer } = await startPair()
	expect(await mailer.send(message('zoë@example.net'))).toMatchObject({
		kind: 'refused',
		permanence: 'permanent',
		scope: 'recipient',
		reply: ownReason('no_smtputf8'),
	})
	expect(sink.heard.some((line) => line.startsWith('MAIL'))).toBe(false)

	const modern = await startPair({ extensions: ['SMTPUTF8'] })
	expect(await modern.mailer.send(message('zoë@example.net'))).toMatchObject({ kind: 'accepted' })
	expect(modern.sink.heard.find((line) => line.startsWith('MAIL'))).toMatch(/SMTPUTF8 BODY=8BITMIME/)
})

test('Eight bits are announced to a relay that offers to take them, and to no other (S15)', async () => {
	const { sink, mailer } = await startPair()
	await mailer.send(message('ada@example.net', 'Été\r\n'))
	sink.script = (stage) => (stage === 'ehlo' ? '250 sink.test' : undefined)
	const other = createSmtpMailer({ url: sink.url, connections: 1 })
	closers.push(other.close)
	await other.send(message('ada@example.net', 'Été\r\n'))
	expect(sink.heard.filter((line) => line.startsWith('MAIL'))).toEqual([
		'MAIL FROM:<bounces@example.org> BODY=8BITMIME',
		'MAIL FROM:<bounces@example.org>',
	])
})

test('A message above the size that the relay takes is the relay’s refusal (S15)', async () => {
	const { sink, mailer } = await startPair({ extensions: ['SIZE 100'] })
	expect(await mailer.send(message('ada@example.net', 'x'.repeat(200)))).toMatchObject({
		kind: 'refused',
		permanence: 'permanent',
		scope: 'relay',
		reply: ownReason('too_large', 100),
	})
	expect(sink.accepted).toBe(0)
})

test('Closing tells what was under way as lost and sends nothing more', async () => {
	const { sink, mailer } = await startPair({ script: onMessage('hang') })
	const outcome = mailer.send(message())
	await expect.poll(() => sink.heard.includes('DATA')).toBe(true)
	await new Promise((resolve) => setImmediate(resolve))
	await mailer.close()
	expect(['in_doubt', 'not_sent']).toContain((await outcome).kind)
	expect(await mailer.send(message())).toEqual({ kind: 'not_sent', reason: 'the mailer is closed' })
})
