import { type DomainRate, rateOfDomain, type TokenBuckets } from '../../kernel/rate.ts'

/** Keeps the speed limits of recipient domains. */
export type DomainGate = {
	/** Seconds to put each message off for, in their order; 0 where it may go now. */
	admit(domains: readonly string[]): Promise<number[]>
}

/** Rows are put off no longer than this: a limit that is raised later must not leave them lying for hours. */
const farthestSeconds = 300
/** They come back a little sooner than the limit lets them through, so that no token is left over. */
const haste = 0.95

/**
 * A gate for all lanes of a process. Messages that find no token are put off one after the other, each to the moment at
 * which its token will be there, so that they stand in nobody's way and are not looked at again and again.
 */
export function createDomainGate(buckets: TokenBuckets, rates: readonly DomainRate[]): DomainGate {
	/** Until when, in seconds of the process, the tokens of a domain are spoken for. */
	const spokenFor = new Map<string, number>()

	return {
		admit: async (domains) => {
			const counts = new Map<string, number>()
			for (const domain of domains) counts.set(domain, (counts.get(domain) ?? 0) + 1)
			const wishes = [...counts].flatMap(([domain, count]) => {
				const rate = rateOfDomain(rates, domain)
				return rate ? [{ key: `domain:${domain}`, domain, rate, count }] : []
			})
			const grants = await buckets.take(wishes)
			const limits = new Map(
				wishes.map(({ domain, rate }, index) => [
					domain,
					{ rate, left: grants[index]?.granted ?? 0, waitMs: grants[index]?.waitMs ?? 1_000 },
				]),
			)
			const now = performance.now() / 1_000
			return domains.map((domain) => {
				const limit = limits.get(domain)
				if (!limit) return 0
				if (limit.left > 0) {
					limit.left -= 1
					return 0
				}
				const next = Math.max(now + limit.waitMs / 1_000, spokenFor.get(domain) ?? 0)
				const at = next > now + farthestSeconds ? now + farthestSeconds * (0.8 + Math.random() * 0.2) : next
				if (at === next) spokenFor.set(domain, next + haste / limit.rate.perSecond)
				return at - now
			})
		},
	}
}
