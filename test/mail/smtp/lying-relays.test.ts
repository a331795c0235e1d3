import type { Socket } from 'node:net'
import { expect, test } from 'vitest'
import { createSmtpMailer } from '../../../src/mail/smtp-mailer.ts'
import { alwaysChunked } from '../../support/always-chunked.ts'
import { type RawBehaviour, startRawRelay } from './raw-relay.ts'
import { closeAfterwards, message } from './start-relay.ts'

// Relays that don't do what they offer. Each ends in a clear state, and is spoken to one command at a time from the next
// connection on.

async function startLiar(
	behave: RawBehaviour,
	{ silenceMs = 300, greeting = undefined as string | undefined } = {},
) {
	const relay = await startRawRelay(behave, greeting)
	const outOfStep: string[] = []
	const mailer = createSmtpMailer({
		url: relay.url,
		chunking: alwaysChunked,
		connections: 1,
		timeouts: { connectMs: 2_000, silenceMs },
		onOutOfStep: (what) => outOfStep.push(what),
	})
	closeAfterwards(mailer.close)
	return { relay, mailer, outOfStep }
}

const offer = (...extensions: string[]) =>
	['raw.test', ...extensions]
		.map((line, index) => `250${index < extensions.length ? '-' : ' '}${line}\n`)
		.join('')

/** One command a packet is answered as it should be, with EHLO offering this. */
function answerProperly(packet: string, say: (text: string) => void, ehlo: string): void {
	if (packet.startsWith('EHLO')) say(ehlo)
	else if (/^(MAIL|RCPT|RSET|NOOP)/.test(packet)) say('250 2.0.0 Ok\n')
	else if (packet.startsWith('DATA')) say('354 go ahead\n')
	else if (packet.startsWith('QUIT')) say('221 bye\n')
	else if (packet.endsWith('\r\n.\r\n')) say('250 2.0.0 Ok: queued\n')
}

/** Whether a packet holds commands behind its first. */
const isGroup = (packet: string) => /^(RSET|MAIL)/.test(packet) && packet.trim().includes('\n')

const isEhlo = (packet: string) => packet.startsWith('EHLO')

const liars: Array<{
	name: string
	extensions: string[]
	onGroup: (say: (text: string) => void, end: () => void) => void
}> = [
	{
		name: 'swallows what stands behind the first command of a packet',
		extensions: ['PIPELINING'],
		onGroup: (say) => say('250 2.1.0 Ok\n'),
	},
	{
		name: 'answers a group with a reply too many',
		extensions: ['PIPELINING'],
		onGroup: (say) => say('250 2.1.0 Ok\n250 2.1.5 Ok\n250 2.1.5 Ok\n354 go\n'),
	},
	{
		name: 'gives the last reply before the message has come',
		extensions: ['PIPELINING'],
		onGroup: (say) => say('250 2.1.0 Ok\n250 2.1.5 Ok\n354 go\n250 2.0.0 Ok: queued\n'),
	},
	{
		name: 'closes in the middle of a group',
		extensions: ['PIPELINING'],
		onGroup: (say, end) => {
			say('250 2.1.0 Ok\n')
			end()
		},
	},
	{
		name: 'closes at a group without a word, as one that drops early talkers',
		extensions: ['PIPELINING'],
		onGroup: (_, end) => end(),
	},
	{ name: 'never answers a group', extensions: ['PIPELINING'], onGroup: () => {} },
	{
		name: 'answers a group with words that are no reply',
		extensions: ['PIPELINING'],
		onGroup: (say) => say('what?\n'),
	},
]

test.each(liars)('A relay that $name costs nobody anything', async ({ extensions, onGroup }) => {
	const kept: string[] = []
	const { relay, mailer, outOfStep } = await startLiar((packet, { socket, say }) => {
		if (isGroup(packet)) return onGroup(say, () => socket.end())
		if (packet.endsWith('\r\n.\r\n')) kept.push(packet)
		answerProperly(packet, say, offer(...extensions))
	})
	const first = await mailer.send(message())
	expect(['not_sent', 'in_doubt']).toContain(first.kind)
	expect(first.kind === 'in_doubt').toBe(kept.length > 0)
	expect(outOfStep).toHaveLength(1)
	kept.length = 0
	for (let count = 0; count < 3; count++) {
		expect(await mailer.send(message())).toMatchObject({ kind: 'accepted' })
	}
	expect(kept).toHaveLength(3)
	expect(outOfStep).toHaveLength(1)
	expect(relay.heard.at(-1)?.some(isGroup)).toBe(false)
})

test.each([
	{ name: 'answers a chunk with nothing', reply: '' },
	{ name: 'answers a chunk with nonsense', reply: 'thanks\n' },
])('A relay that $name leaves that message in doubt, and is not sent chunks again', async ({ reply }) => {
	const { mailer, relay } = await startLiar((packet, { say }) => {
		if (isGroup(packet)) say(`250 2.1.0 Ok\n250 2.1.5 Ok\n${reply}`)
		else answerProperly(packet, say, offer('PIPELINING', 'CHUNKING'))
	})
	expect(await mailer.send(message())).toMatchObject({ kind: 'in_doubt' })
	expect(await mailer.send(message())).toMatchObject({ kind: 'accepted' })
	expect(relay.heard.at(-1)?.join('')).not.toContain('BDAT')
})

test('A relay that refuses chunks it has offered is given the message without', async () => {
	const { mailer } = await startLiar((packet, { say }) => {
		if (isGroup(packet)) say('250 2.1.0 Ok\n250 2.1.5 Ok\n502 5.5.2 command not recognised\n')
		else answerProperly(packet, say, offer('PIPELINING', 'CHUNKING'))
	})
	expect(await mailer.send(message())).toMatchObject({ kind: 'not_sent' })
	expect(await mailer.send(message())).toMatchObject({ kind: 'accepted' })
})

test('A relay that greets twice is not believed, and nothing is sent to it', async () => {
	const { mailer } = await startLiar(
		(packet, { say }) => {
			for (const line of packet.split(/(?<=\n)/)) answerProperly(line, say, offer('PIPELINING'))
		},
		{ greeting: '220 raw.test\r\n220 raw.test again\r\n' },
	)
	expect(await mailer.send(message())).toMatchObject({ kind: 'not_sent' })
})

/** Writes on and on, as fast as it is read. */
function flood(socket: Socket, text: string): void {
	const block = text.repeat(Math.ceil(100_000 / text.length))
	const more = () => {
		while (socket.writable && socket.write(block));
		if (socket.writable) socket.once('drain', more)
	}
	more()
}

test.each([
	{ where: 'in a group', text: '250-and more\r\n', starts: isGroup },
	{ where: 'in a group, in one line', text: 'x', starts: isGroup },
	{ where: 'in a group, reply after reply', text: '250 2.0.0 Ok\r\n', starts: isGroup },
	{ where: 'before EHLO is answered', text: '250-and more\r\n', starts: isEhlo },
	{ where: 'before EHLO is answered, in one line', text: 'x', starts: isEhlo },
	{ where: 'before EHLO is answered, reply after reply', text: '250 2.0.0 Ok\r\n', starts: isEhlo },
])('A relay that writes gigabytes $where is left, and read no further', async ({ text, starts }) => {
	const written: Socket[] = []
	const { mailer } = await startLiar(
		(packet, { socket, say }) => {
			if (!starts(packet)) return answerProperly(packet, say, offer('PIPELINING'))
			written.push(socket)
			flood(socket, text)
		},
		{ silenceMs: 60_000 },
	)
	expect(await mailer.send(message())).toMatchObject({ kind: 'not_sent' })
	// what the buffers of both ends hold
	for (const socket of written) expect(socket.bytesWritten).toBeLessThan(32 * 1024 * 1024)
})

test('What stands in clear behind the reply to STARTTLS is never taken for an answer (RFC 3207 §6)', async () => {
	const { relay } = await startLiar((packet, { say }) => {
		if (packet.startsWith('EHLO')) say(offer('PIPELINING', 'STARTTLS'))
		else if (packet.startsWith('STARTTLS'))
			say('220 ready\n250-evil.test\n250 CHUNKING\n250 ok\n250 ok\n250 ok\n')
	})
	const mailer = createSmtpMailer({
		url: relay.url.replace('?tls=never', ''),
		chunking: alwaysChunked,
		connections: 1,
		timeouts: { connectMs: 1_000, silenceMs: 1_000 },
	})
	closeAfterwards(mailer.close)
	expect(await mailer.send(message())).toMatchObject({ kind: 'not_sent' })
	expect(relay.heard.flat().join('')).not.toMatch(/MAIL|BDAT/)
})
