import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { remember } from '../../../../src/subscriptions/imports/reading/remember.ts'

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

it('What is remembered of a cell does not hold the piece of the file that it stands in', () => {
	let judged = 0
	const judge = remember((text) => {
		judged++
		return text
	})
	collectGarbage()
	const before = process.memoryUsage().heapUsed
	for (let piece = 0; piece < 1_000; piece++) {
		const text = `${piece}`.padStart(20, '0').padEnd(64_000, 'x').replace('x', 'y')
		judge(text.slice(0, 20))
		judge(text.slice(0, 20))
	}
	collectGarbage()
	expect(judged).toBe(1_000)
	expect(process.memoryUsage().heapUsed - before).toBeLessThan(10_000_000)
})
