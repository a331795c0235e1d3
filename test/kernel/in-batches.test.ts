import { describe, expect, it } from 'vitest'
import { inBatches } from '../../src/kernel/in-batches.ts'

describe('work in batches', () => {
	it('begins at once for one, and gathers what comes meanwhile, so many at most', async () => {
		const batches: number[][] = []
		const double = inBatches(async (numbers: readonly number[]) => {
			batches.push([...numbers])
			await new Promise((resolve) => setImmediate(resolve))
			return numbers.map((number) => 2 * number)
		}, 3)
		const first = double(1)
		await new Promise((resolve) => setImmediate(resolve))
		const rest = [2, 3, 4, 5].map((number) => double(number))
		expect(await Promise.all([first, ...rest])).toEqual([2, 4, 6, 8, 10])
		expect(batches).toEqual([[1], [2, 3, 4], [5]])
		expect(await double(6)).toBe(12)
	})

	it('lets each know of its own failure alone', async () => {
		const halve = inBatches(async (numbers: readonly number[]) => {
			if (numbers.some((number) => number % 2 === 1)) throw new Error(`odd: ${numbers.join()}`)
			return numbers.map((number) => number / 2)
		}, 10)
		const ends = await Promise.allSettled([halve(2), halve(3), halve(4)])
		expect(ends).toMatchObject([
			{ status: 'fulfilled', value: 1 },
			{ status: 'rejected', reason: { message: 'odd: 3' } },
			{ status: 'fulfilled', value: 2 },
		])
	})
})
