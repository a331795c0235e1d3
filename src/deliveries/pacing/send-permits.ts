import { ownReason } from '../../kernel/own-reason.ts'
import type { Rate, TokenBuckets, TokenGrant } from '../../kernel/rate.ts'
import type { DailyCeiling } from './daily-ceiling.ts'

/** Permission to send, taken some at a time from what all processes share. */
export type SendPermits = {
	has(): boolean
	use(): void
	/** `onChange` is called when it is worth asking `has` again. */
	fetch(wanted: number): void
}

type PermitSource = {
	take(count: number): Promise<TokenGrant>
	/** How long to wait before asking again after it had nothing. */
	leastWaitMs: number
	/** After this unused permits are given up. */
	staleMs: number
	onChange(): void
}

export type RelayLimit = { buckets: TokenBuckets; rate: Rate }

/** Permits of one relay. Unused ones are given up soon, or they would become a burst. */
export function permitsOfRelay(
	{ buckets, rate }: RelayLimit,
	relay: string,
	onChange: () => void,
): SendPermits {
	return createSendPermits({
		take: async (count) => {
			const [grant] = await buckets.take([{ key: `relay:${relay}`, rate, count }])
			return grant ?? { granted: 0, waitMs: 1_000 }
		},
		// often enough that the bucket does not run over meanwhile
		leastWaitMs: Math.min(25, Math.max(1, (250 * rate.burst) / rate.perSecond)),
		staleMs: 1_000,
		onChange,
	})
}

/** Permits of the day. `onFull` is told until when there are no more. */
export function permitsOfDay(
	ceiling: DailyCeiling,
	{ onChange, onFull }: { onChange(): void; onFull(pause: { reason: string; until: number }): void },
): SendPermits {
	return createSendPermits({
		take: async (count) => {
			const grant = await ceiling.take(count)
			if (grant.granted === 0 && grant.ceiling !== null) {
				const reason = ownReason('day_full', grant.ceiling)
				onFull({ reason, until: performance.now() + grant.waitMs })
			}
			return { granted: grant.granted, waitMs: Math.min(grant.waitMs, 1_000) }
		},
		leastWaitMs: 100,
		staleMs: Number.POSITIVE_INFINITY,
		onChange,
	})
}

function createSendPermits({ take, leastWaitMs, staleMs, onChange }: PermitSource): SendPermits {
	let permits = 0
	let takenAt = 0
	let fetching = false

	const fetch = async (wanted: number): Promise<void> => {
		const grant = await take(wanted)
		permits += grant.granted
		takenAt = performance.now()
		const end = () => {
			fetching = false
			onChange()
		}
		if (grant.granted > 0) end()
		else setTimeout(end, Math.max(grant.waitMs, leastWaitMs)).unref()
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
