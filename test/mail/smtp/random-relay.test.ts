import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SendOutcome } from '../../../src/kernel/mail.ts'
import { createSmtpMailer } from '../../../src/mail/smtp-mailer.ts'
import { alwaysChunked } from '../../support/always-chunked.ts'
import { type SinkAnswer, type SinkStage, startSmtpSink } from '../../support/smtp-sink.ts'
import { message } from './start-relay.ts'

/** One connection: it ends after so many bytes in one direction, and bytes come in packets of this size. */
type Line = { cutAfter: number | undefined; direction: 'there' | 'back'; packet: number }

const connections = 2
const messages = 12

/** A network that splits and cuts; connections take their lines in turn, later ones are whole. */
async function startNetwork(port: number, lines: readonly Line[]) {
	const sockets = new Set<Socket>()
	let next = 0
	const server = createServer({ noDelay: true }, (near) => {
		const line = lines[next++]
		const far = connect({ port, host: '127.0.0.1', noDelay: true })
		for (const socket of [near, far]) {
			sockets.add(socket)
			socket.on('error', () => {})
		}
		near.on('close', () => far.destroy())
		far.on('close', () => near.destroy())
		pass(near, far, line, 'there')
		pass(far, near, line, 'back')
	})
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
	return {
		port: (server.address() as AddressInfo).port,
		close: () =>
			new Promise<void>((resolve) => {
				for (const socket of sockets) socket.destroy()
				server.close(() => resolve())
			}),
	}
}

function pass(from: Socket, to: Socket, line: Line | undefined, direction: Line['direction']): void {
	let passed = 0
	from.on('data', (bytes: Buffer) => {
		const cutAfter = line?.direction === direction ? line.cutAfter : undefined
		const whole = cutAfter === undefined ? bytes : bytes.subarray(0, Math.max(0, cutAfter - passed))
		passed += bytes.length
		const step = line?.packet ?? bytes.length
		for (let at = 0; at < whole.length; at += step) to.write(whole.subarray(at, at + step))
		if (whole.length === bytes.length) return
		to.end(() => to.destroy())
		from.destroy()
	})
}

const aLine = fc.record({
	cutAfter: fc.option(fc.integer({ min: 0, max: 3_000 }), { nil: undefined }),
	direction: fc.constantFrom('there' as const, 'back' as const),
	packet: fc.integer({ min: 1, max: 400 }),
})

const anAnswer = fc.constantFrom<SinkAnswer | undefined>(
	undefined,
	undefined,
	undefined,
	'550 5.1.1 no such user',
	'450-4.2.0 not now,\r\n450 4.2.0 later',
	'421 4.3.2 closing',
	'drop',
	'keep and drop',
	'hello there',
	{ cut: '250 2.0' },
)

const ways = [
	{ offered: 'nothing more', pipelining: false, extensions: [], doubts: 1 },
	{ offered: 'PIPELINING', pipelining: true, extensions: [], doubts: 1 },
	{ offered: 'CHUNKING', pipelining: false, extensions: ['CHUNKING'], doubts: 1 },
	{ offered: 'PIPELINING and CHUNKING', pipelining: true, extensions: ['CHUNKING'], doubts: 2 },
	{
		offered: 'both, and is given some messages as chunks',
		pipelining: true,
		extensions: ['CHUNKING'],
		doubts: 2,
		mixed: true,
	},
]

describe.each(ways)('With a relay that offers $offered', ({ pipelining, extensions, doubts, mixed }) => {
	test('whatever is refused, split and cut: nobody is lost, nobody gets it twice, and doubts are bounded', async () => {
		const property = fc.asyncProperty(
			fc.array(aLine, { maxLength: 8 }),
			fc.array(anAnswer, { minLength: 1, maxLength: 40 }),
			async (lines, answers) => {
				let asked = 0
				const script = (stage: SinkStage) =>
					['mail', 'rcpt', 'data', 'message'].includes(stage) ? answers[asked++ % answers.length] : undefined
				const sink = await startSmtpSink({ pipelining, extensions, script })
				const network = await startNetwork(sink.port, lines)
				const mailer = createSmtpMailer({
					url: `smtp://127.0.0.1:${network.port}?tls=never`,
					connections,
					chunking: mixed ? { isOn: () => asked % 3 > 0, note: () => {} } : alwaysChunked,
					timeouts: { connectMs: 2_000, silenceMs: 2_000 },
				})
				const outcomes = await Promise.all(
					Array.from({ length: messages }, async (_, index) => {
						const to = `reader${index}@example.net`
						const ready = message(to, `body of ${to}\r\n`)
						const envelope = { from: `bounces+${index}@example.org`, to }
						return { to, from: envelope.from, outcome: await mailer.send({ ...ready, envelope }) }
					}),
				)
				await mailer.close()
				await network.close()
				await sink.close()
				for (const { to, from, outcome } of outcomes) check(sink.to(to), { from, outcome })
				const opened = Math.max(sink.connections, 1)
				const inDoubt = outcomes.filter(({ outcome }) => outcome.kind === 'in_doubt')
				expect(inDoubt.length).toBeLessThanOrEqual(opened * doubts)
			},
		)
		await fc.assert(property, { numRuns: Number(process.env.RANDOM_RUNS ?? 25) })
	})
})

function check(
	kept: ReadonlyArray<{ from: string; to: string; raw: string }>,
	{ from, outcome }: { from: string; outcome: SendOutcome },
): void {
	expect(kept.length).toBeLessThanOrEqual(1)
	if (outcome.kind === 'accepted') expect(kept).toHaveLength(1)
	if (outcome.kind === 'refused' || outcome.kind === 'not_sent') expect(kept).toHaveLength(0)
	for (const each of kept) {
		expect(each.from).toBe(from)
		expect(each.raw).toContain(`body of ${each.to}\r\n`)
	}
}
