import type { Queue } from 'bullmq'

/** Those who wait for a job to end. */
export type SettledListeners = Set<() => void>

const countAgainAfterMs = 50

/** Resolves once nothing waits and nothing runs; jobs that are put off until later do not count. */
export async function drainQueues(queues: readonly Queue[], listeners: SettledListeners): Promise<void> {
	while (await isBusy(queues)) await nextSettled(listeners)
}

async function isBusy(queues: readonly Queue[]): Promise<boolean> {
	const counts = await Promise.all(
		queues.map((queue) => queue.getJobCounts('waiting', 'active', 'prioritized')),
	)
	return counts.some((count) => Object.values(count).some((number) => number > 0))
}

/** An event can pass between the count and here, and another process may have done the job: so not for long. */
function nextSettled(listeners: SettledListeners): Promise<void> {
	return new Promise((resolve) => {
		const tell = () => {
			listeners.delete(tell)
			clearTimeout(timer)
			resolve()
		}
		const timer = setTimeout(tell, countAgainAfterMs)
		listeners.add(tell)
	})
}
