/** How fast something may go: tokens a second that come in, and how many may pile up meanwhile. */
export type Rate = { perSecond: number; burst: number }

/** What is asked of one bucket. */
export type TokenRequest = { key: string; rate: Rate; count: number }

/** How many tokens there were, and after how many milliseconds one more will be there. */
export type TokenGrant = { granted: number; waitMs: number }

/** Token buckets that all processes share. */
export type TokenBuckets = {
	/**
	 * Takes as many tokens as there are, up to what is asked for, of several buckets at once; the answers stand in their
	 * order. Where the buckets can't be reached nothing is granted: a limit must not be passed because of that.
	 */
	take(requests: readonly TokenRequest[]): Promise<TokenGrant[]>
}

const units: Readonly<Record<string, number>> = { s: 1, min: 60, h: 3_600 }

/**
 * Reads `20/s`, `600/h` or `50/s burst 100`. Without a burst so much may pile up as comes in within 0.15 seconds, one at
 * least. Undefined where it is not of that form, or where nothing would ever pass.
 */
export function parseRate(text: string): Rate | undefined {
	const match = /^(\d+(?:\.\d+)?)\/(s|min|h)(?:\s+burst\s+(\d+))?$/.exec(text.trim())
	if (!match) return undefined
	const perSecond = Number(match[1]) / (units[match[2] ?? ''] ?? 1)
	const burst = match[3] === undefined ? Math.max(1, perSecond * 0.15) : Number(match[3])
	return perSecond > 0 && burst >= 1 ? { perSecond, burst } : undefined
}

/** A limit of recipient domains: `example.org`, `*.example.org` (all below it) or `*` (all). Each domain has its own bucket. */
export type DomainRate = { pattern: string; rate: Rate }

/** The limit that holds for a domain: the most precise one. */
export function rateOfDomain(rates: readonly DomainRate[], domain: string): Rate | undefined {
	const fitting = rates.filter(
		({ pattern }) =>
			pattern === domain ||
			pattern === '*' ||
			(pattern.startsWith('*.') && domain.endsWith(pattern.slice(1))),
	)
	const precision = (pattern: string) => (pattern === domain ? Number.POSITIVE_INFINITY : pattern.length)
	return fitting.sort((a, b) => precision(b.pattern) - precision(a.pattern))[0]?.rate
}
