import { type DomainRate, type Rate, rateOfDomain, type TokenBuckets } from '../../kernel/rate.ts'

export type DomainThrottle = {
	/** Seconds to put each message off for, or 0. */
	admit(domains: readonly string[]): Promise<number[]>
}

/** A limit may be raised meanwhile, so no row waits longer than this. */
const longestDelaySeconds = 300
/** Rows come back a little sooner than their token, so that none is left unused. */
const shareOfInterval = 0.95

type Limit = { rate: Rate; left: number; waitMs: number }

/**
 * For all lanes of a process. Messages without a token are put off one after the other, each until its token will
 * be there, so that they are not looked at again and again.
 */
export function createDomainThrottle(buckets: TokenBuckets, rates: readonly DomainRate[]): DomainThrottle {
	/** Until when, in seconds, the tokens of a domain are promised to messages that were put off. */
	const reservedUntil = new Map<string, number>()

	const delay = (domain: string, { rate, waitMs }: Limit, now: number): number => {
		const next = Math.max(now + waitMs / 1_000, reservedUntil.get(domain) ?? 0)
		if (next > now + longestDelaySeconds) return longestDelaySeconds * (0.8 + Math.random() * 0.2)
		reservedUntil.set(domain, next + shareOfInterval / rate.perSecond)
		return next - now
	}
	return {
		admit: async (domains) => {
			const limits = await takeTokens(buckets, rates, domains)
			const now = performance.now() / 1_000
			return domains.map((domain) => {
				const limit = limits.get(domain)
				if (!limit) return 0
				if (limit.left <= 0) return delay(domain, limit, now)
				limit.left -= 1
				return 0
			})
		},
	}
}

async function takeTokens(
	buckets: TokenBuckets,
	rates: readonly DomainRate[],
	domains: readonly string[],
): Promise<Map<string, Limit>> {
	const counts = new Map<string, number>()
	for (const domain of domains) counts.set(domain, (counts.get(domain) ?? 0) + 1)
	const requests = [...counts].flatMap(([domain, count]) => {
		const rate = rateOfDomain(rates, domain)
		return rate ? [{ key: `domain:${domain}`, domain, rate, count }] : []
	})
	const grants = await buckets.take(requests)
	return new Map(
		requests.map(({ domain, rate }, index) => {
			const { granted, waitMs } = grants[index] ?? { granted: 0, waitMs: 1_000 }
			return [domain, { rate, left: granted, waitMs }]
		}),
	)
}
