const rowsAPage = 2_000

/** Reads rows page by page until one is not full; `select` gives the next ones behind the last row of the page before. */
export async function* inPages<Row>(
	select: (after: Row | undefined, limit: number) => Promise<Row[]>,
): AsyncGenerator<Row[]> {
	let after: Row | undefined
	for (;;) {
		const rows = await select(after, rowsAPage)
		if (rows.length > 0) yield rows
		if (rows.length < rowsAPage) return
		after = rows.at(-1)
	}
}
