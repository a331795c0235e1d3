import { execFileSync } from 'node:child_process'
import { constants } from 'node:os'
import { expect, test } from 'vitest'

const module = new URL('../../src/commands/work-in-background.ts', import.meta.url).href

/** A process that always holds 20 MB and drops 600 MB in all: the most that its heap took, in MB, and its priority. */
function work(begin: string): { heapMb: number; priority: number } {
	const script = `
		import { getPriority } from 'node:os'
		${begin}
		const held = []
		let most = 0
		for (let made = 0; made < 600; made++) {
			held.push(Array.from({ length: 64 }, () => new Array(2_000).fill(made + 0.5)))
			if (held.length > 20) held.shift()
			most = Math.max(most, process.memoryUsage().heapTotal)
		}
		console.log(JSON.stringify({ heapMb: most / 2 ** 20, priority: getPriority() }))`
	const args = ['--max-semi-space-size=4', '--input-type=module', '-e', script]
	return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }))
}

test('A process in the background lets others go first, and keeps its heap near what it holds', () => {
	const usual = work('')
	const small = work(`import { workInBackground } from ${JSON.stringify(module)}; await workInBackground()`)
	expect(small.heapMb).toBeLessThan(usual.heapMb * 0.75)
	expect(small.priority).toBe(constants.priority.PRIORITY_BELOW_NORMAL)
})

test.runIf(process.platform === 'linux')(
	'In the background, threads that sign go after the one that sends',
	() => {
		const script = `
		import { readdirSync, readFileSync } from 'node:fs'
		import { getPriority } from 'node:os'
		import { workInBackground } from ${JSON.stringify(module)}
		await workInBackground()
		const names = readdirSync('/proc/self/task').map((id) => [id, readFileSync('/proc/self/task/' + id + '/comm', 'utf8').trim()])
		const signing = names.filter(([, name]) => name === 'libuv-worker')
		console.log(JSON.stringify({ main: getPriority(), signing: signing.map(([id]) => getPriority(Number(id))) }))`
		const env = { PATH: process.env.PATH ?? '', UV_THREADPOOL_SIZE: '3' }
		const found = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
			encoding: 'utf8',
			env,
		})
		const { main, signing } = JSON.parse(found) as { main: number; signing: number[] }
		expect(main).toBe(constants.priority.PRIORITY_BELOW_NORMAL)
		// a greater number goes later
		expect(signing).toEqual(Array(3).fill(constants.priority.PRIORITY_LOW))
	},
)
