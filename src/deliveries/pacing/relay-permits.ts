import type { TokenGrant } from '../../kernel/rate.ts'

/** Permission to send, taken from what all processes share, some at a time. */
export type RelayPermits = {
	/** Whether a message may go now. */
	has(): boolean
	use(): void
	/** Fetches permits for messages that wait; `onChange` is called when it is worth asking `has` again. */
	fetch(wanted: number): void
}

export type PermitSource = {
	take(count: number): Promise<TokenGrant>
	/** Not asked again sooner than this after it had nothing. */
	leastWaitMs: number
	/** Permits that nobody used within this are given up. */
	staleMs: number
	onChange(): void
}

export function createRelayPermits({ take, leastWaitMs, staleMs, onChange }: PermitSource): RelayPermits {
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
