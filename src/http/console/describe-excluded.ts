export type Excluded = Array<{ reason: string; count: number }>

/** Reasons that are not told: these people are no active readers. */
const notReaders = new Set(['pending', 'unsubscribed', 'suppressed'])

/** Why active readers get nothing of a digest, and how many, the most first; `all`: why anybody does. */
export function describeExcluded(
	counts: Readonly<Record<string, number>>,
	{ all = false }: { all?: boolean } = {},
): Excluded {
	return Object.entries(counts)
		.filter(([reason, count]) => (all || !notReaders.has(reason)) && count > 0)
		.map(([reason, count]) => ({ reason, count }))
		.toSorted((a, b) => b.count - a.count)
}
