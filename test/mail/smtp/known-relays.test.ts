import { describe, expect, test } from 'vitest'
import { isDomainRateRefusal } from '../../../src/deliveries/pacing/is-domain-rate-refusal.ts'
import { refusesConnections } from '../../../src/deliveries/relays/pause-policy.ts'
import type { SendOutcome } from '../../../src/kernel/mail.ts'
import { judgingMailer } from '../../../src/mail/judging-mailer.ts'
import { createSmtpMailer } from '../../../src/mail/smtp-mailer.ts'
import { readAccountRefusal } from '../../../src/refusals/index.ts'
import { alwaysChunked } from '../../support/always-chunked.ts'
import type { SinkScript, SinkStage } from '../../support/smtp-sink.ts'
import { startRawRelay } from './raw-relay.ts'
import { closeAfterwards, message, startPair } from './start-relay.ts'

// Relays as their documents and sources describe them: what they offer, and what they do when they have had enough.

type KnownRelay = {
	name: string
	/** Where that is described. */
	source: string
	offers: readonly string[]
	/** So many are in doubt at most until it is known after how many messages it ends a connection: what went whole by then. */
	doubts?: number
	/** What it does besides taking messages. */
	script?: () => SinkScript
}

const at = (stage: SinkStage, answer: string) => (asked: SinkStage) => (asked === stage ? answer : undefined)

const known: readonly KnownRelay[] = [
	{
		name: 'Gmail’s smtp-relay',
		source: 'support.google.com/a/answer/2956491',
		offers: ['SIZE 157286400', '8BITMIME', 'ENHANCEDSTATUSCODES', 'PIPELINING', 'CHUNKING', 'SMTPUTF8'],
		script: () => at('message', '250 2.0.0 OK  1764240000 d9443c01a7336-29b5b26fa5csm21 - gsmtp'),
	},
	{
		name: 'Microsoft 365',
		source: 'learn.microsoft.com/exchange/troubleshoot/send-emails/smtp-submission-improvements',
		offers: [
			'SIZE 157286400',
			'PIPELINING',
			'DSN',
			'ENHANCEDSTATUSCODES',
			'8BITMIME',
			'BINARYMIME',
			'CHUNKING',
			'SMTPUTF8',
		],
		script: () =>
			at('message', '250 2.0.0 OK <a@b.example> [Hostname=DM4PR18MB4126.namprd18.prod.outlook.com]'),
	},
	{
		name: 'Amazon SES',
		source: 'docs.aws.amazon.com/ses/latest/dg/send-email-smtp.html',
		offers: ['8BITMIME', 'SIZE 41943040', 'Ok'],
		script: () => at('message', '250 Ok 010201b8e2f0-000000'),
	},
	{
		name: 'Postfix',
		source: 'postfix.org/postconf.5.html, smtpd_hard_error_limit and smtpd_junk_command_limit',
		offers: [
			'PIPELINING',
			'SIZE 10240000',
			'VRFY',
			'ETRN',
			'ENHANCEDSTATUSCODES',
			'8BITMIME',
			'DSN',
			'CHUNKING',
		],
	},
	{
		name: 'Exim',
		source: 'exim.org, specification, chapter 14: smtp_accept_max_per_connection',
		offers: ['SIZE 52428800', '8BITMIME', 'PIPELINING', 'PIPECONNECT', 'CHUNKING', 'PRDR', 'HELP'],
		// two connections, of which each brings one behind the one that is answered 421, twice
		doubts: 4,
		script:
			() =>
			(stage, { brought }) =>
				stage === 'mail' && brought >= 5 ? '421 too many messages in this connection' : undefined,
	},
	{
		name: 'Exchange on premises',
		source: 'learn.microsoft.com/exchange/mail-flow/connectors/receive-connectors',
		offers: [
			'SIZE 37748736',
			'PIPELINING',
			'DSN',
			'ENHANCEDSTATUSCODES',
			'X-ANONYMOUSTLS',
			'8BITMIME',
			'BINARYMIME',
			'CHUNKING',
			'XRDST',
		],
		script: () => at('mail', '250 2.1.0 Sender OK'),
	},
	{
		name: 'Yahoo, that closes after some messages without a word',
		source: 'senders.yahooinc.com/smtp-error-codes',
		offers: ['PIPELINING', '8BITMIME', 'SIZE 41943040'],
		script:
			() =>
			(stage, { brought }) =>
				stage === 'mail' && brought >= 5 ? 'drop' : undefined,
	},
	{
		name: 'OpenSMTPD, that refuses MAIL after so many messages and keeps the connection',
		source: 'smtpd.conf(5), smtp max-mails; smtp_session.c',
		offers: ['8BITMIME', 'ENHANCEDSTATUSCODES', 'SIZE 36700160', 'DSN', 'HELP'],
		script:
			() =>
			(stage, { brought }) =>
				stage === 'mail' && brought >= 5
					? '452 4.5.3 Too many recipients: Too many messages sent'
					: undefined,
	},
	{
		name: 'Haraka',
		source: 'haraka.github.io/core/Connection',
		offers: ['PIPELINING', '8BITMIME', 'SMTPUTF8', 'SIZE 0'],
		script: () => at('message', '250 Message Queued (0B5A3C3D-4C1A-4F0A-9D8B-6B1A2F3C4D5E.1)'),
	},
	{
		name: 'sendmail',
		source: 'sendmail.org, Installation and Operation Guide, EHLO',
		offers: ['ENHANCEDSTATUSCODES', 'PIPELINING', '8BITMIME', 'SIZE', 'DSN', 'ETRN', 'DELIVERBY', 'HELP'],
		script:
			() =>
			(stage, { to }) => {
				if (stage === 'mail') return '250 2.1.0 <bounces@example.org>... Sender ok'
				if (stage === 'rcpt') return `250 2.1.5 <${to}>... Recipient ok`
				if (stage === 'data') return '354 Enter mail, end with "." on a line by itself'
				return stage === 'message' ? '250 2.0.0 5AR9xK1B012345 Message accepted for delivery' : undefined
			},
	},
	{
		name: 'a relay that answers each command of a group slowly',
		source: 'RFC 2920 §3.2: responses may come one by one',
		offers: ['PIPELINING', 'SIZE 10240000', '8BITMIME', 'CHUNKING'],
		script: () => (stage) => {
			if (stage === 'mail') return { afterMs: 8, answer: '250 2.1.0 Ok' }
			if (stage === 'rcpt') return { afterMs: 8, answer: '250 2.1.5 Ok' }
			return stage === 'message' ? { afterMs: 8, answer: '250 2.0.0 Ok' } : undefined
		},
	},
]

const ehlo = (offers: readonly string[]): string =>
	['relay.test at your service', ...offers]
		.map((line, index) => `250${index < offers.length ? '-' : ' '}${line}`)
		.join('\r\n')

/** A relay that offers this, with a mailer that reads refusals as the application does. */
async function start({ offers, script }: Pick<KnownRelay, 'offers' | 'script'>, connections = 2) {
	const does = script?.()
	const pair = await startPair(
		{
			script: (stage, moment) =>
				stage === 'ehlo' ? (does?.(stage, moment) ?? ehlo(offers)) : does?.(stage, moment),
		},
		{ connections },
	)
	return { ...pair, mailer: judgingMailer(pair.mailer, readAccountRefusal) }
}

const relayNamed = (name: string): KnownRelay => {
	const found = known.find((relay) => relay.name.startsWith(name))
	if (!found) throw new Error(name)
	return found
}

describe.each(known)('$name ($source)', (relay) => {
	test('takes 24 messages, each once, and hears nothing that it has not offered', async () => {
		const { sink, mailer, outOfStep } = await start(relay)
		const outcomes = await Promise.all(
			Array.from({ length: 24 }, (_, index) => mailer.send(message(`r${index}@example.net`))),
		)
		const others = outcomes.filter(({ kind }) => kind !== 'accepted')
		expect(others.filter(({ kind }) => kind !== 'in_doubt')).toEqual([])
		expect(others.length).toBeLessThanOrEqual(relay.doubts ?? 0)
		expect(sink.messages.length).toBeGreaterThanOrEqual(24 - others.length)
		expect(new Set(sink.messages.map(({ to }) => to)).size).toBe(sink.messages.length)
		expect(outOfStep).toEqual([])
		const isOffered = (name: string) => relay.offers.some((line) => line.split(' ')[0] === name)
		expect(sink.heard.some((line) => line.startsWith('BDAT'))).toBe(isOffered('CHUNKING'))
		expect(sink.heard.some((line) => line === 'DATA')).toBe(!isOffered('CHUNKING'))
		expect(sink.heard.some((line) => line.includes(' SIZE='))).toBe(isOffered('SIZE'))
		expect(mailer.depth).toBe(isOffered('PIPELINING') ? 2 : 1)
	})
})

const permanenceOf = (outcome: SendOutcome) =>
	outcome.kind === 'refused' ? outcome.permanence : outcome.kind

describe('What they say when they have had enough', () => {
	test('Gmail’s 4.7.28 is about its domain, in the middle of a group too, and what came behind it is sent again', async () => {
		const { sink, mailer, outOfStep } = await start(relayNamed('Gmail'), 1)
		const reply = '421 4.7.28 Gmail has detected an unusual rate of unsolicited mail. - gsmtp'
		sink.script = (stage, { to, tries }) => {
			if (stage === 'ehlo') return ehlo(relayNamed('Gmail').offers)
			return stage === 'rcpt' && to.startsWith('fast') && tries <= 2 ? reply : undefined
		}
		const [first, second] = await Promise.all([
			mailer.send(message('fast@gmail.com')),
			mailer.send(message('ada@example.net')),
		])
		expect(first && isDomainRateRefusal(first)).toBe(true)
		expect(second?.kind).not.toBe('refused')
		expect(sink.to('ada@example.net')).toHaveLength(second?.kind === 'accepted' ? 1 : 0)
		expect(outOfStep).toEqual([])
	})

	test.each([
		['Gmail', 'message', '550 5.4.5 Daily user sending limit exceeded. - gsmtp', 'quota'],
		['Amazon SES', 'message', '454 Throttling failure: Daily message quota exceeded.', 'quota'],
		['Amazon SES', 'message', '454 Throttling failure: Maximum sending rate exceeded.', 'rate'],
	] as const)('%s, in answer to %s: “%s” is about our %s', async (name, stage, reply, cause) => {
		const relay = relayNamed(name)
		const { mailer } = await start({ offers: relay.offers, script: () => at(stage, reply) })
		expect(await mailer.send(message())).toMatchObject({ kind: 'refused', account: { cause } })
	})

	test.each([
		[
			'Microsoft 365',
			'432 4.3.2 Concurrent connections limit exceeded. Visit https://aka.ms/concurrent_sending',
		],
		['Microsoft 365', '432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded'],
		['Microsoft 365', '451 4.7.652 The mail server has exceeded the maximum number of connections.'],
		['sendmail', '421 4.3.2 Too many open connections.'],
		['sendmail', '421 4.3.2 Connection rate limit exceeded.'],
	])('%s: “%s” asks for fewer connections, and costs no reader anything', async (name, reply) => {
		const relay = relayNamed(name)
		const { sink, mailer } = await start({ offers: relay.offers, script: () => at('mail', reply) })
		const outcome = await mailer.send(message())
		expect(permanenceOf(outcome)).toBe('temporary')
		expect(outcome).toMatchObject({ scope: 'relay' })
		expect(refusesConnections('reply' in outcome ? outcome.reply : '')).toBe(true)
		expect(sink.messages).toEqual([])
	})

	test('Exchange under back pressure takes nobody now, whose message is on its way or not', async () => {
		const relay = relayNamed('Exchange')
		const reply = '452 4.3.1 Insufficient system resources'
		const { sink, mailer, outOfStep } = await start({ offers: relay.offers, script: () => at('mail', reply) })
		const outcomes = await Promise.all(
			['a', 'b', 'c'].map((name) => mailer.send(message(`${name}@example.net`))),
		)
		for (const outcome of outcomes) expect(outcome).toMatchObject({ scope: 'relay', permanence: 'temporary' })
		sink.script = (stage) => (stage === 'ehlo' ? ehlo(relay.offers) : undefined)
		expect(await mailer.send(message())).toMatchObject({ kind: 'accepted' })
		expect(sink.messages).toHaveLength(1)
		expect(outOfStep).toEqual([])
	})

	test('Postfix counts RSET as junk and refusals as errors: neither ends a connection that brings messages', async () => {
		const { offers } = relayNamed('Postfix')
		const heard: string[] = []
		let worst = 0
		const relay = await startRawRelay(
			postfix(offers, heard, (junk) => {
				worst = Math.max(worst, junk)
			}),
		)
		const outOfStep: string[] = []
		const mailer = createSmtpMailer({
			url: relay.url,
			chunking: alwaysChunked,
			connections: 1,
			onOutOfStep: (what) => outOfStep.push(what),
		})
		closeAfterwards(mailer.close)
		const kinds: string[] = []
		for (let count = 0; count < 300; count += 2) {
			const pair = await Promise.all([
				mailer.send(message(count % 20 === 0 ? 'gone@example.net' : 'ada@example.net')),
				mailer.send(message()),
			])
			kinds.push(...pair.map(({ kind }) => kind))
		}
		expect(kinds.filter((kind) => kind === 'refused')).toHaveLength(15)
		expect(kinds.filter((kind) => kind === 'accepted')).toHaveLength(285)
		expect(relay.heard).toHaveLength(1)
		expect(worst).toBeLessThan(5)
		expect(outOfStep).toEqual([])

		// nothing but refusals: 421 after 20 of them, and the next message gets a new connection
		for (let count = 0; count < 30; count++)
			expect(await mailer.send(message('gone@example.net'))).toMatchObject({
				kind: 'refused',
				scope: 'recipient',
			})
		expect(relay.heard.length).toBeGreaterThan(1)
		expect(heard).not.toContain('503')
	})
})

test('Exim drops whoever talks too early: nothing comes before its greeting, before EHLO is answered, or behind DATA', async () => {
	const { offers } = relayNamed('Exim')
	const early = '554 SMTP synchronization error\n'
	const relay = await startRawRelay((packet, { socket, say }) => {
		const lines = packet.split('\r\n').filter((line) => line !== '')
		if (/^(EHLO|DATA)/.test(lines[0] ?? '') && lines.length > 1) {
			say(early)
			socket.end()
		} else if (packet.startsWith('EHLO')) say(`${ehlo(offers.filter((line) => line !== 'CHUNKING'))}\n`)
		else if (packet.endsWith('DATA\r\n')) {
			if (packet.includes('\r\n.\r\n')) say('250 OK id=1vOaBc-000001\n')
			const commands = packet.slice(packet.lastIndexOf('\r\n.\r\n') + 1)
			say('250 OK\n'.repeat((commands.match(/^(MAIL|RCPT|RSET)/gm) ?? []).length))
			say('354 Enter message, ending with "." on a line by itself\n')
		} else if (packet.endsWith('\r\n.\r\n')) say('250 OK id=1vOaBc-000002\n')
	})
	const outOfStep: string[] = []
	const mailer = createSmtpMailer({
		url: relay.url,
		chunking: alwaysChunked,
		connections: 1,
		onOutOfStep: (what) => outOfStep.push(what),
	})
	closeAfterwards(mailer.close)
	const outcomes = await Promise.all(Array.from({ length: 10 }, () => mailer.send(message())))
	expect(outcomes.map(({ kind }) => kind)).toEqual(Array.from({ length: 10 }, () => 'accepted'))
	expect(outOfStep).toEqual([])
	expect(relay.heard).toHaveLength(1)
})

test('Exim that offers PIPELINING and calls groups a synchronisation error refuses nobody: they go one command at a time', async () => {
	const relay = await startRawRelay((packet, { socket, say }) => {
		if (packet.startsWith('EHLO')) say('250-relay.test\n250 PIPELINING\n')
		else if (/^MAIL[^\n]*\n./.test(packet)) {
			say('554 SMTP synchronization error\n')
			socket.end()
		} else if (/^(MAIL|RCPT|RSET)/.test(packet)) say('250 OK\n')
		else if (packet.startsWith('DATA')) say('354 go ahead\n')
		else if (packet.endsWith('\r\n.\r\n')) say('250 OK\n')
	})
	const outOfStep: string[] = []
	const mailer = createSmtpMailer({
		url: relay.url,
		chunking: alwaysChunked,
		connections: 1,
		onOutOfStep: (what) => outOfStep.push(what),
	})
	closeAfterwards(mailer.close)
	expect(await mailer.send(message())).toMatchObject({ kind: 'not_sent' })
	expect(await mailer.send(message())).toMatchObject({ kind: 'accepted' })
	expect(outOfStep).toHaveLength(1)
})

test('A PIX that hides what is offered and loses all but the first command of a packet is spoken to one at a time', async () => {
	const relay = await startRawRelay((packet, { say }) => {
		// community.cisco.com: what it does not know becomes XXXX, to both sides, at the same length
		if (packet.startsWith('EHLO'))
			say('250-relay.test\n250-XXXXXXXXXX\n250-XXXXXXXXXXXXX\n250-XXXXXXXX\n250-XXXXXXXA\n250 8BITMIME\n')
		else if (/^(MAIL|RCPT|RSET|NOOP)/.test(packet)) say('250 2.0.0 Ok\n')
		else if (packet.startsWith('DATA')) say('354 go ahead\n')
		else if (packet.endsWith('\r\n.\r\n')) say('250 2.0.0 Ok: queued\n')
	}, '220 ****************************2****0*********0**\r\n')
	const mailer = createSmtpMailer({ url: relay.url, connections: 1, chunking: alwaysChunked })
	closeAfterwards(mailer.close)
	for (let count = 0; count < 3; count++) {
		expect(await mailer.send(message())).toMatchObject({ kind: 'accepted' })
	}
	expect(relay.heard.flat().every((packet) => !/^MAIL[^\n]*\n./.test(packet))).toBe(true)
})

/** Postfix's counters for one connection each (smtpd.c): what is not a message adds up, a message begins anew. */
function postfix(offers: readonly string[], heard: string[], tell: (junk: number) => void) {
	type State = { junk: number; errors: number; mail: boolean; rcpt: boolean; chunk: number; held: string }
	const states = new Map<number, State>()
	const fresh = (): State => ({ junk: 0, errors: 0, mail: false, rcpt: false, chunk: 0, held: '' })
	return (
		packet: string,
		{ connection, say, socket }: { connection: number; say(text: string): void; socket: { end(): void } },
	) => {
		const state = states.get(connection) ?? fresh()
		states.set(connection, state)
		const answer = (reply: string) => {
			heard.push(reply.slice(0, 3))
			if (/^[45]/.test(reply)) state.errors += 1
			say(`${reply}\n`)
		}
		state.held += packet
		for (;;) {
			if (state.chunk > 0) {
				if (state.held.length < state.chunk) return
				state.held = state.held.slice(state.chunk)
				state.chunk = 0
				if (state.rcpt) {
					Object.assign(state, { junk: 0, errors: 0 })
					answer('250 2.0.0 Ok: queued as 4F1A2B3C')
				} else answer('554 5.5.1 Error: no valid recipients')
				Object.assign(state, { mail: false, rcpt: false })
				continue
			}
			const end = state.held.indexOf('\r\n')
			if (end < 0) return
			const line = state.held.slice(0, end)
			state.held = state.held.slice(end + 2)
			// smtpd_hard_error_limit
			if (state.errors >= 20) {
				say('421 4.7.0 relay.test Error: too many errors\n')
				socket.end()
				return
			}
			const [, size] = /^BDAT (\d+) LAST$/.exec(line) ?? []
			if (size !== undefined) state.chunk = Number(size)
			else if (line.startsWith('EHLO')) say(`${ehlo(offers)}\n`)
			else if (line === 'RSET') {
				state.junk += 1
				tell(state.junk)
				// smtpd_junk_command_limit
				if (state.junk > 100) state.errors += 1
				Object.assign(state, { mail: false, rcpt: false })
				answer('250 2.0.0 Ok')
			} else if (line.startsWith('MAIL')) {
				answer(state.mail ? '503 5.5.1 Error: nested MAIL command' : '250 2.1.0 Ok')
				state.mail = true
			} else if (line.startsWith('RCPT')) {
				state.rcpt = !line.includes('gone@')
				answer(state.rcpt ? '250 2.1.5 Ok' : '550 5.1.1 <gone@example.net>: Recipient address rejected')
			} else if (line !== 'QUIT') answer('502 5.5.2 Error: command not recognized')
		}
	}
}
