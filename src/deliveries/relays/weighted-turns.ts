type Weighted = { readonly weight: number; canSend(): boolean }

/** Takes turns by weight among those that can send (smooth weighted round-robin, as in nginx). */
export function weightedTurns<T extends Weighted>(all: readonly T[]): () => T | undefined {
	const credits = new Map<T, number>()
	return () => {
		const free = all.filter((each) => each.canSend())
		let chosen: T | undefined
		for (const each of free) {
			credits.set(each, (credits.get(each) ?? 0) + each.weight)
			if (!chosen || (credits.get(each) ?? 0) > (credits.get(chosen) ?? 0)) chosen = each
		}
		const total = free.reduce((sum, { weight }) => sum + weight, 0)
		if (chosen) credits.set(chosen, (credits.get(chosen) ?? 0) - total)
		return chosen
	}
}
