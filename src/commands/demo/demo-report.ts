/** What happened, a line a step, printed as it happens; and whether all was as it must be. */
export type DemoReport = {
	/** Writes a line; a step that is not as it must be counts as failed, with what was seen instead. */
	step(what: string, seen: string, ok?: boolean): void
	failures(): number
	say(line: string): void
}

const width = 46

/** A report on a terminal or a file. */
export function createDemoReport(out: { write(text: string): unknown }): DemoReport {
	let failed = 0
	return {
		step: (what, seen, ok = true) => {
			if (!ok) failed += 1
			out.write(`  ${ok ? '✓' : '✗'} ${what.padEnd(width)} ${seen}\n`)
		},
		failures: () => failed,
		say: (line) => void out.write(`${line}\n`),
	}
}
