export type DayAllowance = {
	/** Counts bytes of a network. Gives whether they were within what it, and all together, may bring in a day. */
	take(network: string, bytes: number): 'ok' | 'network' | 'all'
}

const dayMs = 86_400_000
/** So many networks are told apart; those beyond share one allowance. */
const maxNetworks = 50_000

/** Counts what is brought in a day, in this process's memory, by a clock that nobody sets. */
export function createDayAllowance(
	{ perNetwork, inAll }: { perNetwork: number; inAll: number },
	nowMs: () => number = () => performance.now(),
): DayAllowance {
	let begunAt = nowMs()
	let total = 0
	const counted = new Map<string, number>()
	return {
		take: (network, bytes) => {
			if (nowMs() - begunAt >= dayMs) {
				begunAt = nowMs()
				total = 0
				counted.clear()
			}
			const key = counted.has(network) || counted.size < maxNetworks ? network : 'all others'
			const used = (counted.get(key) ?? 0) + bytes
			counted.set(key, used)
			// what is refused to one network is no reason to refuse others
			if (used > perNetwork) return 'network'
			total += bytes
			return total > inAll ? 'all' : 'ok'
		},
	}
}
