import { expect, it } from 'vitest'
import { retryUntilDone } from '../../../src/deliveries/lane/retry-until-done.ts'

const failing = (times: number) => {
	let tries = 0
	return async () => {
		tries += 1
		if (tries <= times) throw new Error(`failure ${tries}`)
		return tries
	}
}

it('tries until it succeeds, and reports each failure', async () => {
	const failures: unknown[] = []
	const onFailure = (error: unknown) => failures.push(error)
	const stopping = new AbortController().signal
	expect(await retryUntilDone(failing(3), { stopping, onFailure, firstWaitMs: 1 })).toBe(4)
	expect(failures).toHaveLength(3)
})

it('still tries again at first when the process is about to stop', async () => {
	const options = { stopping: AbortSignal.abort(), onFailure: () => {}, firstWaitMs: 1 }
	expect(await retryUntilDone(failing(2), options)).toBe(3)
})

it('gives up when the process has to stop', async () => {
	const options = { stopping: AbortSignal.abort(), onFailure: () => {}, firstWaitMs: 1, lastTriesMs: 20 }
	await expect(retryUntilDone(failing(50), options)).rejects.toThrow(/failure [4-9]/)
})
