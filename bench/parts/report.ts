import { appendFileSync, existsSync } from 'node:fs'
import { cpus } from 'node:os'

/** One line of a table of results. `isMet` is left out where there is no target. */
export type Row = { what: string; measured: string; ratio?: string; target?: string; isMet?: boolean }

export function median(values: readonly number[]): number {
	const sorted = [...values].sort((a, b) => a - b)
	const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
	const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN
	return (lower + upper) / 2
}

/** The value that so large a share of all stay below, from 0 to 1. */
export function percentile(values: readonly number[], share: number): number {
	const sorted = [...values].sort((a, b) => a - b)
	return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

/** Prints the rows as a table, and appends it to a file under the date and the machine. */
export function report(
	file: string,
	{ notes, rows }: { notes: readonly string[]; rows: readonly Row[] },
): void {
	const [cpu] = cpus()
	const heading = `## ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC, ${cpu?.model.trim()}, ${cpus().length} cores`
	const table = formatTable([
		['', 'measured', 'ratio', 'target', 'met'],
		...rows.map(({ what, measured, ratio = '', target = '', isMet }) => [
			what,
			measured,
			ratio,
			target,
			isMet === undefined ? '' : isMet ? 'yes' : '**no**',
		]),
	])
	const text = `${heading}\n\n${table}\n\n${notes.map((note) => `- ${note}`).join('\n')}\n`
	console.log(`\n${text}`)
	if (!existsSync(file)) appendFileSync(file, '# What the benchmarks have measured\n')
	appendFileSync(file, `\n${text}`)
}

function formatTable([head = [], ...rows]: string[][]): string {
	const widths = head.map((_, column) =>
		Math.max(3, ...[head, ...rows].map((row) => row[column]?.length ?? 0)),
	)
	const line = (cells: string[]) =>
		`| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
	return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n')
}
