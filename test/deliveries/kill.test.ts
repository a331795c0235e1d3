import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, inject, test } from 'vitest'
import type { DigestProgress } from '../../src/digests/index.ts'
import { makeDataFolder } from '../support/make-data-folder.ts'
import { startSmtpSink } from '../support/smtp-sink.ts'

const readers = 200
const connections = 4
// with EVERYTHING, as in .ci/run, once more
const killsAfter = process.env.EVERYTHING ? [3, 90, 199] : [3, 150]

// the folder is the embedded database's: there is nothing else to try it on
test.runIf(inject('parts') === 'embedded')(
	'A process that is killed again and again loses nobody, mails nobody twice, and leaves few in doubt',
	{ timeout: 120_000 },
	async () => {
		const folder = await makeDataFolder(await mkdtemp(join(tmpdir(), 'envoi-kill-')))
		const sink = await startSmtpSink({
			// so that a kill finds messages at every stage
			script: (stage, { connection }) =>
				stage === 'message' ? { afterMs: (connection * 7) % 11, answer: '250 2.0.0 Ok' } : undefined,
		})
		const send = () => startChild(folder, sink.url)

		for (const after of killsAfter) {
			const child = send()
			const exited = once(child, 'exit')
			await Promise.race([sink.untilAccepted(after), exited])
			child.kill('SIGKILL')
			await exited
		}
		const { progress, doubted } = await finish(send())
		await sink.close()
		await rm(folder, { recursive: true })

		const received = Map.groupBy(sink.messages, ({ to }) => to)
		expect([...received.values()].filter((messages) => messages.length > 1)).toEqual([])
		const everybody = Array.from({ length: readers }, (_, index) => `reader${index + 1}@example.net`)
		expect(everybody.filter((address) => !received.has(address) && !doubted.includes(address))).toEqual([])
		expect(progress).toMatchObject({ planned: readers, due: 0, refused: 0, balanced: true })
		expect(progress.accepted + progress.inDoubt).toBe(readers)
		expect(progress.inDoubt).toBeLessThanOrEqual(killsAfter.length * connections * 2)
		expect(progress.inDoubt).toBeGreaterThan(0)
	},
)

function startChild(folder: string, smtpUrl: string): ChildProcess {
	const script = fileURLToPath(new URL('send-in-child.ts', import.meta.url))
	return spawn(process.execPath, [script, folder, smtpUrl, String(readers)], {
		stdio: ['ignore', 'pipe', 'inherit'],
	})
}

async function finish(child: ChildProcess): Promise<{ progress: DigestProgress; doubted: string[] }> {
	let output = ''
	child.stdout?.on('data', (chunk: Buffer) => {
		output += chunk.toString()
	})
	const [code] = await once(child, 'exit')
	expect(code).toBe(0)
	return JSON.parse(output.split('\n').at(-2) ?? '')
}
