import { Worker } from 'node:worker_threads'
import type { FeedLimits } from './limits.ts'
import type { ParseOutcome } from './parse-feed.ts'
import type { ParseInput } from './parse-thread.ts'

/**
 * `parseFeed` in a thread of its own, ended when it takes too long or too much memory: no feed, however
 * made, can hold up the process that reads it (patterns that backtrack, millions of elements).
 */
export function parseInThread(
	input: ParseInput,
	limits: Pick<FeedLimits, 'parseTimeoutMs' | 'parseMaxHeapMb'>,
): Promise<ParseOutcome> {
	const thread = new Worker(new URL('./parse-thread.ts', import.meta.url), {
		workerData: input,
		resourceLimits: { maxOldGenerationSizeMb: limits.parseMaxHeapMb },
		// it needs nothing of this process: no settings, no secrets, no loaders
		env: {},
		execArgv: [],
	})
	return new Promise<ParseOutcome>((resolve) => {
		const fail = (reason: 'broken' | 'too_large', detail: string) =>
			resolve({ kind: 'failed', reason, detail })
		const timer = setTimeout(
			() => fail('broken', `not read within ${limits.parseTimeoutMs} ms`),
			limits.parseTimeoutMs,
		)
		thread.once('message', resolve)
		thread.once('error', (error: NodeJS.ErrnoException) => {
			const outOfMemory = error.code === 'ERR_WORKER_OUT_OF_MEMORY'
			if (outOfMemory) fail('too_large', `needs more than ${limits.parseMaxHeapMb} MB to be read`)
			else fail('broken', error.message)
		})
		thread.once('exit', () => {
			clearTimeout(timer)
			fail('broken', 'reading it ended early')
		})
	}).finally(() => thread.terminate())
}
