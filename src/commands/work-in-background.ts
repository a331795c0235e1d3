import { constants, setPriority } from 'node:os'
import { keepHeapSmall } from './keep-heap-small.ts'
import { lowerThreadPool } from './lower-thread-pool.ts'

/** For a process that nobody waits for: API and database go first where they share its machine, and its heap stays small. */
export async function workInBackground(): Promise<void> {
	// on Linux that of the main thread alone
	setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
	await lowerThreadPool()
	await keepHeapSmall()
}
