import { parseArgs } from 'node:util'
import { findServers } from '../support/find-servers.ts'
import { runChaos } from './run-chaos.ts'
import { printSums } from './sum-up.ts'

// `npm run chaos` sends a digest while all that can fail does, and counts what became of everybody.
// options: --seed N repeats the faults of a run, --readers N, --kills N (of workers), --quiet

const { values } = parseArgs({
	options: {
		seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
		readers: { type: 'string', default: '5000' },
		kills: { type: 'string', default: '100' },
		quiet: { type: 'boolean', default: false },
	},
})
const { missing } = findServers()
if (missing.length > 0) {
	console.error(`This needs ${missing.join(' and ')} on this machine.`)
	process.exit(2)
}
const seed = wholeNumber('seed')
const kill_worker = wholeNumber('kills')
const some = Math.max(1, Math.round(kill_worker / 15))
console.log(`seed ${seed}: “npm run chaos -- --seed ${seed}” repeats it`)

const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort())
const sums = await runChaos({
	seed,
	signal: stopping.signal,
	readers: wholeNumber('readers'),
	faults: {
		kill_worker,
		kill_api: some,
		flush_redis: some,
		restart_redis: some,
		crash_postgres: some,
		hang_relay: Math.min(2, some),
	},
	hangMs: 30_000,
	settleMs: 300_000,
	...(!values.quiet && { say: (line: string) => console.log(line) }),
})
console.log(`\n${printSums(sums)}\n`)
for (const failure of sums.failures) console.error(failure)
console.log(
	sums.failures.length > 0 ? `It failed with the seed ${seed}.` : 'Nobody is lost, nobody was mailed twice.',
)
process.exitCode = sums.failures.length > 0 ? 1 : 0

function wholeNumber(name: 'seed' | 'readers' | 'kills'): number {
	const number = Number(values[name])
	if (Number.isSafeInteger(number) && number >= (name === 'seed' ? 0 : 1)) return number
	console.error(`--${name} takes a whole number.`)
	process.exit(2)
}
