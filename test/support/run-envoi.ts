import { type ChildProcess, spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

// it ends before it pays to compile the embedded database thoroughly
const quickly = ['--no-wasm-tier-up', '--no-wasm-dynamic-tiering']

export type RunningEnvoi = {
	process: ChildProcess
	/** All that it has written so far, both streams. */
	written(): string
	/** Resolves with the exit code; null where a signal ended it. */
	ended: Promise<number | null>
	/** Resolves once it has written the text; rejects where it ends before. */
	wrote(text: string): Promise<void>
}

/** Runs `envoi …` as a process of its own, with just the given settings in its environment. */
export function runEnvoi(
	args: readonly string[],
	settings: Record<string, string> = {},
	cwd = root,
): RunningEnvoi {
	const { PATH = '', HOME = '', NODE_COMPILE_CACHE = '' } = process.env
	const env = { PATH, HOME, NODE_COMPILE_CACHE, LANG: 'en_CA.UTF-8', ...settings }
	const child = spawn(process.execPath, [...quickly, join(root, 'src/main.ts'), ...args], {
		cwd,
		env,
		stdio: ['ignore', 'pipe', 'pipe'],
	})
	let output = ''
	const listeners = new Set<() => void>()
	for (const stream of [child.stdout, child.stderr]) {
		stream.setEncoding('utf8').on('data', (text: string) => {
			output += text
			for (const tell of listeners) tell()
		})
	}
	const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)))
	return {
		process: child,
		written: () => output,
		ended,
		wrote: (text) =>
			new Promise((resolve, reject) => {
				const look = () => {
					if (!output.includes(text)) return
					listeners.delete(look)
					resolve()
				}
				listeners.add(look)
				look()
				ended.then((code) => reject(new Error(`it ended with ${code} before it wrote “${text}”:\n${output}`)))
			}),
	}
}

/** A port that is free at this moment. */
export function freePort(): Promise<number> {
	return new Promise((resolve) => {
		const server = createServer().listen(0, '127.0.0.1', () => {
			const address = server.address()
			server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
		})
	})
}
