import { describe, expect, test } from 'vitest'
import { ownReason } from '../../../src/kernel/own-reason.ts'
import { createSmtpMailer } from '../../../src/mail/smtp-mailer.ts'
import type { SinkOptions } from '../../support/smtp-sink.ts'
import { closeAfterwards, message, startPair as start } from './start-relay.ts'

/** What a relay may offer, each way of speaking to it. */
const ways = [
	{ offered: 'nothing more', pipelining: false, extensions: [] },
	{ offered: 'PIPELINING', pipelining: true, extensions: [] },
	{ offered: 'CHUNKING', pipelining: false, extensions: ['CHUNKING'] },
	{ offered: 'PIPELINING and CHUNKING', pipelining: true, extensions: ['CHUNKING'] },
	{
		offered: 'PIPELINING, CHUNKING and BINARYMIME',
		pipelining: true,
		extensions: ['CHUNKING', 'BINARYMIME'],
	},
]

const onRcpt = (answer: string) => (stage: string) => (stage === 'rcpt' ? answer : undefined)
const onMessage = (answer: string) => (stage: string) => (stage === 'message' ? answer : undefined)

describe.each(ways)('A relay that offers $offered', ({ pipelining, extensions }) => {
	const isChunked = extensions.length > 0
	/** The message is handed over together with its commands. */
	const isAllAtOnce = pipelining && isChunked
	const startPair: typeof start = (options: SinkOptions = {}, mailerOptions) =>
		start(
			{ pipelining, ...options, extensions: [...extensions, ...(options.extensions ?? [])] },
			mailerOptions,
		)

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
			// there is no DATA to answer
			if (at === 'data' && isChunked) return
			const { mailer } = await startPair({ script: (stage) => (stage === at ? reply : undefined) })
			const kept = at === 'data' || at === 'message' ? `${reply} (in reply to DATA)` : reply
			expect(await mailer.send(message())).toEqual({ kind: 'refused', permanence, scope, reply: kept })
		},
	)

	test('A reply of several lines is kept as one', async () => {
		const { mailer } = await startPair({
			script: onRcpt('550-5.1.1 The account\r\n550 5.1.1 does not exist'),
		})
		expect(await mailer.send(message())).toMatchObject({
			reply: '550-5.1.1 The account 5.1.1 does not exist',
		})
	})

	test.each(['connect', 'ehlo', 'mail', 'rcpt', 'data'] as const)(
		'A connection lost at %s leaves the message unsent unless its end is on the way',
		async (at) => {
			const { mailer } = await startPair({ script: (stage) => (stage === at ? 'drop' : undefined) })
			const isOnTheWay = isAllAtOnce && (at === 'mail' || at === 'rcpt')
			if (at === 'data' && isChunked) return
			expect(await mailer.send(message())).toMatchObject({ kind: isOnTheWay ? 'in_doubt' : 'not_sent' })
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
		const other = await startPair(
			{ script: onRcpt('hang') },
			{ timeouts: { connectMs: 2_000, silenceMs: 150 } },
		)
		expect(await other.mailer.send(message())).toEqual(
			isAllAtOnce
				? { kind: 'in_doubt', reason: ownReason('lost_at_end', 'Timeout') }
				: { kind: 'not_sent', reason: ownReason('connection_lost', 'Timeout'), begun: true },
		)
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
		const reason = ownReason('unexpected_reply', 'hello there')
		expect(await (await startPair({ script: sink.script })).mailer.send(message())).toEqual(
			isAllAtOnce ? { kind: 'in_doubt', reason } : { kind: 'not_sent', reason, begun: true },
		)
	})

	test('A relay that ends a connection after some messages is connected to again (S3)', async () => {
		const { sink, mailer } = await startPair(
			{ script: (stage, { brought }) => (stage === 'mail' && brought === 3 ? 'drop' : undefined) },
			{ connections: 1 },
		)
		const outcomes = []
		for (let count = 0; count < 13; count++) outcomes.push((await mailer.send(message())).kind)
		// what goes whole before the first reply is in doubt, until the number is known
		const doubts = outcomes.filter((kind) => kind === 'in_doubt').length
		expect(doubts).toBe(isAllAtOnce ? 2 : 0)
		expect(outcomes.filter((kind) => kind === 'accepted')).toHaveLength(13 - doubts)
		expect(sink.accepted).toBe(13 - doubts)

		sink.script = (stage, { brought }) =>
			stage === 'mail' && brought > 1 ? '421 4.4.2 too many messages' : undefined
		for (let count = 0; count < 4; count++) {
			expect(await mailer.send(message())).toMatchObject({ kind: 'accepted' })
		}
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
		closeAfterwards(other.close)
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
		await expect.poll(() => sink.heard.some((line) => /^(DATA|BDAT)/.test(line))).toBe(true)
		await new Promise((resolve) => setImmediate(resolve))
		await mailer.close()
		expect(['in_doubt', 'not_sent']).toContain((await outcome).kind)
		expect(await mailer.send(message())).toEqual({ kind: 'not_sent', reason: 'the mailer is closed' })
	})
})
