/** So many addresses may be held at once: PostgreSQL's table of locks has room for some 6,400, as it is set where nobody changed it. */
export const mostRowsAtOnce = 2_500
const fewest = 100
const shortMs = 250

/** How many rows the next batch has: fewer where the last one took long, so that nobody waits long for what it holds. */
export function createBatchSize(lanes = 1): { readonly rows: number; tell(tookMs: number): void } {
	let rows = 500
	return {
		get rows() {
			return rows
		},
		tell: (tookMs) => {
			const wanted = (rows * shortMs) / Math.max(tookMs, 1)
			rows = Math.round(Math.max(fewest, Math.min(mostRowsAtOnce / lanes, wanted, rows * 2)))
		},
	}
}
