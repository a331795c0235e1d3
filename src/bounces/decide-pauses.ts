/** What is paused when too many deliveries are refused for a reason of ours. */
export type Pauses = { domains: string[]; digest: boolean }

// fewer say too little: one refusal is more than 1 % of a digest to fifty readers
const fewest = 5

/**
 * Where one or two domains account for the refusals, they are left alone; where the refusals come from everywhere, the
 * fault is with the message or with our sending as a whole, and the digest is paused until staff lets it go on.
 */
export function decidePauses({
	events,
	domains,
}: {
	events: number
	domains: Record<string, number>
}): Pauses {
	if (events < fewest) return { domains: [], digest: false }
	const refusing = Object.entries(domains).filter(([, count]) => count >= events / 3)
	const explained = refusing.reduce((sum, [, count]) => sum + count, 0) >= (events * 2) / 3
	return explained
		? { domains: refusing.map(([name]) => name), digest: false }
		: { domains: [], digest: true }
}
