import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { getCompileCacheDir } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { FeedLimits } from './limits.ts'
import type { ParseRequest } from './parse-child.ts'
import type { ParseInput, ParseOutcome } from './parse-feed.ts'

/** Reads feeds one after the other, each within the limits. `close` ends what is under way. */
export type FeedParser = { parse(input: ParseInput): Promise<ParseOutcome>; close(): Promise<void> }

type ParseLimits = Pick<FeedLimits, 'parseTimeoutMs' | 'parseMaxHeapMb'>

/** A child gives its memory back when nothing is to be read for so long. */
const IDLE_MS = 5_000
/** One that has not started by then never will. */
const START_MS = 60_000
/** So many feeds are read by one child: whatever it has not let go of ends with it. */
const FEEDS_A_CHILD = 500

/**
 * `parseFeed` in a process of its own, which is ended when it takes too long or too much memory: no feed, however made
 * (patterns that backtrack, millions of attributes), can hold up or end the process that asks. A thread would not do: V8 ends
 * the whole process where one of its threads runs out of memory at a bad moment. The child is started when the first feed comes,
 * serves the next ones too, and holds nobody up who wants to exit.
 */
export function createFeedParser(limits: ParseLimits): FeedParser {
	let child: ChildProcess | undefined
	let served = 0
	let idle: NodeJS.Timeout | undefined
	let last: Promise<unknown> = Promise.resolve()

	async function parseNext(input: ParseInput): Promise<ParseOutcome> {
		clearTimeout(idle)
		if (!child?.connected || child.exitCode !== null || served >= FEEDS_A_CHILD) {
			child?.kill('SIGKILL')
			child = await startChild(limits)
			served = 0
		}
		served += 1
		const outcome = await ask(child, input, limits)
		idle = setTimeout(() => child?.kill('SIGKILL'), IDLE_MS).unref()
		return outcome
	}

	return {
		parse(input) {
			const next = last.then(() => parseNext(input))
			last = next.catch(() => {})
			return next
		},
		async close() {
			clearTimeout(idle)
			const ending = child
			child = undefined
			if (!ending || ending.pid === undefined || ending.exitCode !== null || ending.signalCode !== null)
				return
			const ended = once(ending, 'exit')
			ending.ref()
			ending.kill('SIGKILL')
			await ended
		},
	}
}

/** Reads one feed in a process of its own. */
export async function parseFeedApart(input: ParseInput, limits: ParseLimits): Promise<ParseOutcome> {
	const parser = createFeedParser(limits)
	try {
		return await parser.parse(input)
	} finally {
		await parser.close()
	}
}

/** Gives a child that can read, which may take a while on a busy machine: that is no feed's fault. */
async function startChild({ parseMaxHeapMb }: ParseLimits): Promise<ChildProcess> {
	const cache = getCompileCacheDir()
	const child = fork(fileURLToPath(new URL('./parse-child.ts', import.meta.url)), [], {
		// it needs nothing of this process: no settings, no secrets, no flags; where compiled code is kept only makes it start faster
		env: cache === undefined ? {} : { NODE_COMPILE_CACHE: cache },
		execArgv: [`--max-old-space-size=${parseMaxHeapMb}`],
		serialization: 'advanced',
		stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
	})
	// what happens to it between two feeds is seen by the next one
	child.on('error', () => {})
	const timer = setTimeout(() => child.kill('SIGKILL'), START_MS)
	await new Promise<unknown>((resolve) => {
		for (const event of ['message', 'exit', 'error']) child.once(event, resolve)
	})
	clearTimeout(timer)
	return child
}

/** Gives what the child makes of a feed; a child that gives nothing in time is ended. */
function ask(child: ChildProcess, input: ParseInput, limits: ParseLimits): Promise<ParseOutcome> {
	const { parseTimeoutMs, parseMaxHeapMb } = limits
	let isLate = false
	const timer = setTimeout(() => {
		isLate = true
		child.kill('SIGKILL')
	}, parseTimeoutMs)
	child.ref()
	child.channel?.ref()
	return new Promise<ParseOutcome>((resolve) => {
		const fail = (reason: 'broken' | 'too_large', detail: string) =>
			resolve({ kind: 'failed', reason, detail })
		child.once('message', (outcome) => resolve(outcome as ParseOutcome))
		child.once('exit', (_code: number | null, signal: NodeJS.Signals | null) => {
			if (isLate) fail('broken', `not read within ${parseTimeoutMs} ms`)
			// V8 aborts where its heap is full, and the kernel kills where the memory of the machine is
			else if (signal) fail('too_large', `needs more than ${parseMaxHeapMb} MB to be read`)
			else fail('broken', 'reading it ended early')
		})
		const cannot = (error: Error) => fail('broken', `it could not be read here: ${error.message}`)
		child.once('error', cannot)
		if (!child.connected) return cannot(new Error('its process did not start'))
		// the child ends itself a little later than it would be ended, for the case that this process is gone by then
		const request: ParseRequest = { input, timeoutMs: parseTimeoutMs * 2 }
		child.send(request, (error) => {
			// an exit, which comes right after, says more than the pipe that broke with it
			if (error) setTimeout(() => cannot(error), 1_000).unref()
		})
	}).finally(() => {
		clearTimeout(timer)
		for (const event of ['message', 'exit', 'error']) child.removeAllListeners(event)
		child.on('error', () => {})
		child.unref()
		child.channel?.unref()
	})
}
