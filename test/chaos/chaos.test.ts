import { expect, inject, test } from 'vitest'
import { runChaos } from './run-chaos.ts'
import { printSums } from './sum-up.ts'

// CHAOS_SEED repeats a run; with EVERYTHING, as in .ci/run, more is killed
const seed = Number(process.env.CHAOS_SEED ?? Math.floor(Math.random() * 2 ** 31))
const kills = process.env.EVERYTHING ? 5 : 1

// the servers and processes are its own; `npm run chaos` does the same at length
test.runIf(inject('parts') === 'servers')(
	`Nobody is lost or mailed twice while all that can fail does (seed ${seed})`,
	{ timeout: 120_000 },
	async ({ signal }) => {
		const sums = await runChaos({
			seed,
			signal,
			readers: 600,
			faults: {
				kill_worker: kills,
				kill_api: 1,
				flush_redis: 1,
				restart_redis: 1,
				crash_postgres: 1,
				hang_relay: 1,
			},
			hangMs: 2_000,
			settleMs: 60_000,
		})
		expect(sums.failures, printSums(sums)).toEqual([])
	},
)
