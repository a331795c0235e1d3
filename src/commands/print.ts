import { displayWidth, wrapWords } from './display-width.ts'

/** An instant of the API, to the minute. */
export function minute(instant: string): string {
	return `${instant.slice(0, 16).replace('T', ' ')} UTC`
}

const gap = '  '
const narrowest = 10

/**
 * Rows as aligned columns under their headings, in lines of at most `width`: where that is too little, the widest cells
 * go on in further lines. No rows give an empty text.
 */
export function table(
	headings: readonly string[],
	rows: ReadonlyArray<readonly string[]>,
	width: number,
): string {
	if (rows.length === 0) return ''
	const all = [headings, ...rows].map((row) => row.map(oneLine))
	// a column that says nothing in any row is left out, with its heading
	const used = headings.map((_, index) => all.slice(1).some((row) => row[index]))
	const kept = all.map((row) => row.filter((_, index) => used[index]))
	const widths = widthsFor(kept, width)
	return kept.map((row) => printRow(row, widths)).join('\n')
}

/** What is shown is of one line and moves no cursor. */
export const oneLine = (cell: string) => cell.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')

/** The width of each column: as wide as its widest cell, the widest ones less until all fit. */
function widthsFor(rows: ReadonlyArray<readonly string[]>, width: number): number[] {
	const widths: number[] = []
	for (const row of rows) {
		for (const [index, cell] of row.entries()) {
			widths[index] = Math.max(widths[index] ?? 0, displayWidth(cell))
		}
	}
	const room = width - gap.length * (widths.length - 1)
	for (let sum = widths.reduce((a, b) => a + b, 0); sum > room; sum -= 1) {
		const widest = widths.indexOf(Math.max(...widths))
		if ((widths[widest] ?? 0) <= narrowest) break
		widths[widest] = (widths[widest] ?? 0) - 1
	}
	return widths
}

function printRow(row: readonly string[], widths: readonly number[]): string {
	const cells = row.map((cell, index) => wrapWords(cell, widths[index] ?? 0))
	const height = Math.max(...cells.map((lines) => lines.length))
	return Array.from({ length: height }, (_, line) =>
		cells
			.map((lines, index) => pad(lines[line] ?? '', widths[index] ?? 0))
			.join(gap)
			.trimEnd(),
	).join('\n')
}

const pad = (text: string, width: number) => text + ' '.repeat(Math.max(0, width - displayWidth(text)))

/**
 * A label and a value a line, in lines of at most `width` as far as words allow; what a value has beyond its first line is
 * indented under it.
 */
export function facts(
	pairs: ReadonlyArray<readonly [label: string, value: string | null | undefined]>,
	width = Number.POSITIVE_INFINITY,
): string {
	const shown = pairs.filter((pair): pair is [string, string] => Boolean(pair[1]))
	const label = Math.max(0, ...shown.map(([name]) => displayWidth(name)))
	const room = Math.max(20, width - label - gap.length)
	const indent = ' '.repeat(label + gap.length)
	return shown
		.map(([name, value]) => {
			const lines = value.split('\n').flatMap((line) => wrapWords(line, room, { breakWords: false }))
			return `${pad(name, label)}${gap}${lines.join(`\n${indent}`)}`
		})
		.join('\n')
}

/** Sentences in lines of at most `width`; what is indented or in columns, such as a command to copy, stays as it is. */
export function wrapProse(text: string, width: number): string {
	return text
		.split('\n')
		.map((line) => {
			const isProse = !line.startsWith(' ') && !line.trimEnd().includes(gap)
			return isProse ? wrapWords(line, width, { breakWords: false }).join('\n') : line
		})
		.join('\n')
}

/** Every line of a text two further in. */
export const indented = (text: string) => text.replace(/^(?=.)/gm, gap)
