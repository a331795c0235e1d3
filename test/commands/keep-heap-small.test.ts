import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'

const module = new URL('../../src/commands/keep-heap-small.ts', import.meta.url).href

/** The most memory that the heap took, in MB, of a process that always holds some and drops 600 MB of it in all. */
function mostHeapMb(begin: string): number {
	const script = `
		${begin}
		const held = []
		let most = 0
		for (let made = 0; made < 600; made++) {
			held.push(Array.from({ length: 64 }, () => new Array(2_000).fill(made + 0.5)))
			if (held.length > 20) held.shift()
			most = Math.max(most, process.memoryUsage().heapTotal)
		}
		console.log(Math.round(most / 2 ** 20))`
	return Number(
		execFileSync(process.execPath, ['--max-semi-space-size=4', '--input-type=module', '-e', script], {
			encoding: 'utf8',
		}),
	)
}

test('A worker’s heap is collected before it has grown far beyond what it holds', () => {
	const usual = mostHeapMb('')
	const small = mostHeapMb(`import { keepHeapSmall } from ${JSON.stringify(module)}; await keepHeapSmall()`)
	expect(small).toBeLessThan(usual * 0.75)
})
