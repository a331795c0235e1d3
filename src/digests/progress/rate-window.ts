/** How fast a count grows, over the last seconds. */
export type RateWindow = {
	/** Takes what the count is at a moment (in seconds, on any clock that never steps); gives how many came a second. */
	add(at: number, count: number): number | null
}

/** Null until two looks are at least half a second apart. */
export function createRateWindow(windowSeconds: number): RateWindow {
	const looks: Array<{ at: number; count: number }> = []
	return {
		add: (at, count) => {
			looks.push({ at, count })
			// one look from before the window stays, so that it is always full
			while (looks[1] && looks[1].at <= at - windowSeconds) looks.shift()
			const [first] = looks
			if (!first || at - first.at < 0.5) return null
			return Math.max(0, (count - first.count) / (at - first.at))
		},
	}
}
