import { PassThrough } from 'node:stream'
import { runCommandLine } from '../../src/commands/run-command-line.ts'

/** What the environment keeps of its own while a command runs in it. */
const kept = /^(PATH|HOME|TMPDIR|NODE_|VITEST|TEST$)/

/**
 * Runs `envoi …` in this process, with just the given settings in the environment: one at a time. Gives what it would exit
 * with, and all that it wrote. Commands that go on running, such as `serve`, are for `runEnvoi`.
 */
export async function runCommand(
	args: readonly string[],
	settings: Record<string, string> = {},
): Promise<{ code: number; text: string }> {
	const before = { ...process.env }
	let text = ''
	const output = new PassThrough().setEncoding('utf8').on('data', (written: string) => {
		text += written
	}) as unknown as NodeJS.WriteStream
	try {
		for (const name of Object.keys(process.env)) if (!kept.test(name)) delete process.env[name]
		Object.assign(process.env, { LANG: 'en_CA.UTF-8' }, settings)
		const exitCode = await runCommandLine(args, { stdout: output, stderr: output })
		const ended = new Promise((resolve) => output.once('end', resolve))
		output.end()
		await ended
		return { code: exitCode ?? Number(process.exitCode ?? 0), text }
	} finally {
		process.exitCode = undefined
		for (const name of Object.keys(process.env)) delete process.env[name]
		Object.assign(process.env, before)
	}
}
