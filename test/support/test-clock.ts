import type { Clock } from '../../src/kernel/clock.ts'

export type TestClock = Clock & {
	set(time: Date): void
	advance(by: { seconds?: number; hours?: number; days?: number }): void
}

/** A clock that a test sets. It starts at the real time, since links and files carry that too. */
export function testClock(start = new Date()): TestClock {
	let now = start
	return {
		now: () => new Date(now),
		set: (time) => {
			now = time
		},
		advance: ({ seconds = 0, hours = 0, days = 0 }) => {
			now = new Date(now.getTime() + (seconds + hours * 3600 + days * 86_400) * 1000)
		},
	}
}
