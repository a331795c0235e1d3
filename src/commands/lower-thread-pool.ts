import { readdirSync, readFileSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { constants, setPriority } from 'node:os'

/**
 * Has libuv's threads, where signatures are made, take what the main thread leaves: a thread has a priority of its own
 * on Linux, and those that go before the main thread keep it from feeding connections. Elsewhere nothing changes.
 */
export async function lowerThreadPool(): Promise<void> {
	if (process.platform !== 'linux') return
	// all of them are started when the first of them is needed
	await stat('/proc/self/task')
	for (const thread of readdirSync('/proc/self/task')) {
		try {
			if (nameOf(thread) === 'libuv-worker') setPriority(Number(thread), constants.priority.PRIORITY_LOW)
		} catch {
			// it has ended meanwhile, or may not be changed: then it is as fast as before
		}
	}
}

// proc(5)
function nameOf(thread: string): string {
	return readFileSync(`/proc/self/task/${thread}/comm`, 'utf8').trim()
}
