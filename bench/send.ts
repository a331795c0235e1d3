import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Measured, StoredMessage } from './parts/measure.ts'

// A digest of 30 KB to 10,000 recipients on the embedded parts, beside a plain Nodemailer pool that sends the same
// ready messages to the same server. Each runs twice, in turns; the better run of each counts.

const count = 10_000
const connections = 20
const rounds = 2

const folder = await mkdtemp(join(tmpdir(), 'envoi-bench-'))
const messagesFile = join(folder, 'messages.json')
const sink = fork(part('count-mail'))
const [{ port }] = (await once(sink, 'message')) as [{ port: number }]

const runs: Record<'envoi' | 'plain', Measured[]> = { envoi: [], plain: [] }
for (let round = 0; round < rounds; round++) {
	const data = join(folder, `data-${round}`)
	const url = `smtp://127.0.0.1:${port}?tls=never`
	runs.envoi.push(await run('send-digest', data, url, String(connections), String(count), messagesFile))
	runs.plain.push(
		await run('plain-nodemailer', String(port), String(connections), String(count), messagesFile),
	)
}
const messages: StoredMessage[] = JSON.parse(await readFile(messagesFile, 'utf8'))
const sizeKb = (messages[0]?.raw.length ?? 0) / 1_024
sink.kill()
await rm(folder, { recursive: true })
print(runs)

function part(name: string): string {
	return fileURLToPath(new URL(`parts/${name}.ts`, import.meta.url))
}

async function run(name: string, ...args: string[]): Promise<Measured> {
	const child = fork(part(name), args)
	const told = once(child, 'message')
	const [code] = (await once(child, 'exit')) as [number]
	if (code !== 0) throw new Error(`${name} ended with ${code}`)
	const [measured] = (await told) as [Measured]
	return measured
}

function print({ envoi, plain }: typeof runs): void {
	const [ours, theirs] = [best(envoi), best(plain)]
	console.log(
		`\nA digest of ${sizeKb.toFixed(0)} KB to ${count} recipients over ${connections} connections, embedded database\n`,
	)
	console.table({
		'Nodemailer pool, ready messages': row(theirs, theirs),
		'Envoi, trigger to last ledger row': row(ours, theirs),
	})
}

function best(measured: readonly Measured[]): Measured {
	const [first, ...others] = measured
	if (!first) throw new Error('nothing was measured')
	return others.reduce((a, b) => (b.seconds < a.seconds ? b : a), first)
}

function row(measured: Measured, baseline: Measured) {
	const rate = ({ messages: number, seconds }: Measured) => number / seconds
	return {
		'messages/s': Math.round(rate(measured)),
		ratio: (rate(measured) / rate(baseline)).toFixed(2),
		'CPU ms/message': ((measured.cpuSeconds * 1_000) / measured.messages).toFixed(3),
		'peak memory MB': Math.round(measured.peakMb),
	}
}
