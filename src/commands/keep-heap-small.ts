import { Session } from 'node:inspector/promises'
import { setFlagsFromString } from 'node:v8'

/**
 * Has V8 collect its old generation whenever it has grown by a fifth, instead of letting it grow to some hundred
 * megabytes first: a collection takes about 12 ms, and sending leaves a few megabytes of garbage there each second. The
 * young generation is bounded where Node is started, by `--max-semi-space-size=4`: that can't be done later.
 */
export async function keepHeapSmall(): Promise<void> {
	setFlagsFromString('--heap-growing-percent=20')
	// the first limit was set at the start: the next is worked out at the end of a collection
	const session = new Session()
	session.connect()
	try {
		await session.post('HeapProfiler.collectGarbage')
	} finally {
		session.disconnect()
	}
}
