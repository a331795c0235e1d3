import type { Rate, TokenBuckets } from '../kernel/rate.ts'

/** Permission to send, taken from a shared bucket some at a time. */
export type RelayPermits = {
	/** Whether a message may go now. */
	has(): boolean
	use(): void
	/** Fetches permits for messages that wait; `onChange` is called when it is worth asking `has` again. */
	fetch(wanted: number): void
}

/** Permits that nobody used within this are given up: they must not become a burst later. */
const staleMs = 1_000

/** Permits for one relay: `rate` holds for all processes together. */
export function createRelayPermits(
	buckets: TokenBuckets,
	{ key, rate }: { key: string; rate: Rate },
	onChange: () => void,
): RelayPermits {
	// often enough that the bucket does not run over meanwhile
	const leastWaitMs = Math.min(25, Math.max(1, (250 * rate.burst) / rate.perSecond))
	let permits = 0
	let takenAt = 0
	let fetching = false

	const fetch = async (wanted: number): Promise<void> => {
		const [grant = { granted: 0, waitMs: staleMs }] = await buckets.take([{ key, rate, count: wanted }])
		permits += grant.granted
		takenAt = performance.now()
		const end = () => {
			fetching = false
			onChange()
		}
		if (grant.granted > 0) end()
		else setTimeout(end, Math.max(grant.waitMs, leastWaitMs))
	}
	const current = (): number => {
		if (permits > 0 && performance.now() - takenAt > staleMs) permits = 0
		return permits
	}
	return {
		has: () => current() > 0,
		use: () => {
			permits -= 1
		},
		fetch: (wanted) => {
			if (fetching || wanted <= current()) return
			fetching = true
			void fetch(wanted - permits)
		},
	}
}
