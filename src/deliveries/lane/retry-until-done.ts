import { setTimeout as wait } from 'node:timers/promises'

const longestWaitMs = 5_000

type RetryOptions = {
	stopping: AbortSignal
	onFailure(error: unknown): void
	firstWaitMs?: number
	/** Once the process is about to stop. */
	lastTriesMs?: number
}

/** Does something again and again until it succeeds. Rejects only when the process has to stop. */
export async function retryUntilDone<T>(
	action: () => Promise<T>,
	{ stopping, onFailure, firstWaitMs = 100, lastTriesMs = 5_000 }: RetryOptions,
): Promise<T> {
	let waitedMs = 0
	for (let waitMs = firstWaitMs; ; waitMs = Math.min(waitMs * 2, longestWaitMs)) {
		try {
			return await action()
		} catch (error) {
			onFailure(error)
			if (stopping.aborted && waitedMs > lastTriesMs) throw error
			await wait(waitMs)
			waitedMs += waitMs
		}
	}
}
