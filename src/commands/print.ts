/** An instant of the API, to the minute. */
export function minute(instant: string): string {
	return `${instant.slice(0, 16).replace('T', ' ')} UTC`
}

/** Rows as aligned columns; the last one is not padded. */
export function columns(rows: ReadonlyArray<readonly string[]>): string {
	const widths: number[] = []
	for (const row of rows) {
		for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length)
	}
	return rows
		.map((row) =>
			row
				.map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd(widths[index] ?? 0)))
				.join('  ')
				.trimEnd(),
		)
		.join('\n')
}

/** A label and a value a line; a value of several lines is indented under its first. */
export function facts(
	pairs: ReadonlyArray<readonly [label: string, value: string | null | undefined]>,
): string {
	const shown = pairs.filter((pair): pair is [string, string] => Boolean(pair[1]))
	const width = Math.max(0, ...shown.map(([label]) => label.length))
	const indent = ' '.repeat(width + 2)
	return shown
		.map(([label, value]) => `${label.padEnd(width)}  ${value.replaceAll('\n', `\n${indent}`)}`)
		.join('\n')
}
