/** As many locks as are held at once have room in PostgreSQL's table of them, as it is set where nobody changed it. */
const most = 2_500
const fewest = 100
const shortMs = 250

/** How many rows the next batch has: fewer where the last one took long, so that nobody waits long for what it holds. */
export function createBatchSize(): { readonly rows: number; tell(tookMs: number): void } {
	let rows = 500
	return {
		get rows() {
			return rows
		},
		tell: (tookMs) => {
			const wanted = (rows * shortMs) / Math.max(tookMs, 1)
			rows = Math.round(Math.max(fewest, Math.min(most, wanted, rows * 2)))
		},
	}
}
