import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createConnection } from 'node:net'
import { fileURLToPath } from 'node:url'
import { freePort } from '../../test/support/run-envoi.ts'
import type { PartMessage } from './serve-part.ts'

/** What a process of the app has used since it was started. */
export type Used = { cpuSeconds: number; peakMb: number }

export type Part = { pid: number; used(): Promise<Used>; stop(): Promise<void> }

const running = new Set<ChildProcess>()

/** Ends this process's children with it, however it ends. */
export function endChildrenAtExit(): void {
	process.once('exit', () => {
		for (const child of running) child.kill('SIGKILL')
	})
	for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
}

/** Counts a process among those that end with this one. */
export function keep<Child extends ChildProcess>(child: Child): Child {
	running.add(child)
	child.once('exit', () => running.delete(child))
	return child
}

/** Starts a process of the app and waits until it works. */
export function startPart(role: 'workers' | 'api', settings: Record<string, string>): Promise<Part> {
	return startScript('serve-part.ts', role, settings)
}

/** Starts a script of this folder that tells what a part tells, and waits until it works. */
export async function startScript(
	script: string,
	role: string,
	settings: Record<string, string>,
): Promise<Part> {
	const file = fileURLToPath(new URL(script, import.meta.url))
	const env = { PATH: process.env.PATH ?? '', ...settings }
	const child = keep(fork(file, [role], { env, execArgv: ['--max-semi-space-size=4'] }))
	const next = async (): Promise<PartMessage> => {
		const ended = new AbortController()
		const exit = once(child, 'exit', { signal: ended.signal }).then(([code]) => {
			throw new Error(`a process of the app (${role}) ended with ${code}`)
		})
		exit.catch(() => {})
		const message = once(child, 'message', { signal: ended.signal }).then(([told]) => told as PartMessage)
		message.catch(() => {})
		try {
			return await Promise.race([message, exit])
		} finally {
			ended.abort()
		}
	}
	await next()
	return {
		pid: child.pid ?? 0,
		used: async () => {
			child.send('used')
			const told = await next()
			if ('ready' in told) throw new Error('it told that it is ready twice')
			return told
		},
		stop: () => stopPart(child),
	}
}

async function stopPart(child: ChildProcess): Promise<void> {
	if (child.exitCode !== null || child.signalCode !== null) return
	const ended = once(child, 'exit')
	child.disconnect()
	const forced = setTimeout(() => child.kill('SIGKILL'), 15_000)
	await ended
	clearTimeout(forced)
}

/** Starts Postfix's `smtp-sink`, which takes all mail and forgets it. */
export async function startSmtpSink(program: string): Promise<{ port: number; pid: number }> {
	const port = await freePort()
	const account = process.getuid?.() === 0 ? ['-u', 'nobody'] : []
	const sink = keep(
		spawn(program, [...account, '-c', `127.0.0.1:${port}`, '1024'], {
			stdio: ['ignore', 'ignore', 'inherit'],
		}),
	)
	for (;;) {
		if (sink.exitCode !== null) throw new Error(`smtp-sink ended with ${sink.exitCode}`)
		if (await answers(port)) return { port, pid: sink.pid ?? 0 }
		await new Promise((resolve) => setTimeout(resolve, 50))
	}
}

function answers(port: number): Promise<boolean> {
	return new Promise((resolve) => {
		const socket = createConnection(port, '127.0.0.1')
		socket.once('data', () => resolve(true))
		socket.once('error', () => resolve(false))
		socket.once('data', () => socket.destroy())
	})
}

/** Lets `smtp-source` send, each connection one message after the other; gives messages a second. */
export async function measureCeiling(
	program: string,
	{ port, connections, messages, size }: Record<'port' | 'connections' | 'messages' | 'size', number>,
): Promise<number> {
	const args = ['-d', '-s', connections, '-l', size, '-m', messages, `127.0.0.1:${port}`].map(String)
	const begun = performance.now()
	const source = keep(spawn(program, args, { stdio: 'inherit' }))
	const [code] = (await once(source, 'exit')) as [number | null]
	if (code !== 0) throw new Error(`smtp-source ended with ${code}`)
	return (1_000 * messages) / (performance.now() - begun)
}
