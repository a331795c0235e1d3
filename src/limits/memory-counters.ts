import type { LimiterAnswer } from '../kernel/limiter.ts'

type Counter = { taken: number; endsAt: number }

/** Counters of this process alone, for when the shared ones do not answer. Of more than `max` keys the oldest are forgotten. */
export function createMemoryCounters(max = 50_000) {
	const counters = new Map<string, Counter>()
	return {
		take: (key: string, { points, perSeconds }: { points: number; perSeconds: number }): LimiterAnswer => {
			const nowMs = performance.now()
			let counter = counters.get(key)
			if (!counter || counter.endsAt <= nowMs) {
				counters.delete(key)
				counter = { taken: 0, endsAt: nowMs + perSeconds * 1_000 }
				counters.set(key, counter)
				const [oldest] = counters.keys()
				if (counters.size > max && oldest !== undefined) counters.delete(oldest)
			}
			counter.taken += 1
			if (counter.taken <= points) return { ok: true }
			return { ok: false, retryAfterSeconds: Math.max(1, Math.ceil((counter.endsAt - nowMs) / 1_000)) }
		},
		count: (key: string): number => {
			const counter = counters.get(key)
			return counter && counter.endsAt > performance.now() ? counter.taken : 0
		},
		giveBack: (key: string): void => {
			const counter = counters.get(key)
			if (counter && counter.taken > 0) counter.taken -= 1
		},
	}
}
