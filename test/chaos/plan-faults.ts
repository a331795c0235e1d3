import { createRandom } from './random.ts'

export type FaultKind =
	| 'kill_worker'
	| 'kill_api'
	| 'flush_redis'
	| 'restart_redis'
	| 'crash_postgres'
	| 'hang_relay'

/** What happens, and how long after the one before is over. `which` chooses among the workers. */
export type Fault = { kind: FaultKind; afterMs: number; which: number }

export type FaultCounts = Record<FaultKind, number>

/** Puts the faults in an order and at moments that the seed decides. */
export function planFaults(seed: number, counts: FaultCounts): Fault[] {
	const random = createRandom(seed)
	const kinds = (Object.entries(counts) as Array<[FaultKind, number]>).flatMap(([kind, count]) =>
		Array.from({ length: count }, () => ({ kind, place: random() })),
	)
	return kinds
		.sort((a, b) => a.place - b.place)
		.map(({ kind }) => ({ kind, afterMs: random() * 900, which: random() }))
}
