import { createHash } from 'node:crypto'
import { z } from 'zod'

// A backup is text in lines. A row is a JSON object of a table's columns; what stands between rows begins with “# ”:
// the header, then for each table its beginning, its rows and its end, then the end of all.

export const backupFormat = 1
const mark = '# '

const headerShape = z.object({
	envoi: z.literal('backup'),
	format: z.number(),
	version: z.string(),
	madeAt: z.iso.datetime(),
	database: z.enum(['postgres', 'pglite']),
	installation: z.string().nullable(),
	/** Tells whether a secret key is the one of this installation; it can't be found from it. */
	keyCheck: z.string(),
	/** Names, in the order that they were run in. */
	migrations: z.array(z.string()),
	partitions: z.array(
		// it is run as SQL
		z.object({ name: z.string(), of: z.string(), bound: z.string().regex(/^FOR VALUES IN \('\d+'\)$/) }),
	),
	/** The next value of each sequence. */
	sequences: z.record(z.string(), z.number()),
})
const beginShape = z.object({ begin: z.string(), columns: z.array(z.string()) })
const endShape = z.object({ end: z.string(), rows: z.number(), sha256: z.string() })
const doneShape = z.object({
	done: z.literal(true),
	tables: z.number(),
	rows: z.number(),
	sha256: z.string(),
})
const controlShape = z.union([headerShape, beginShape, endShape, doneShape])

export type BackupHeader = z.output<typeof headerShape>
export type BackupControl = z.output<typeof controlShape>

export function formatControl(control: BackupControl): string {
	return `${mark}${JSON.stringify(control)}\n`
}

export function isControl(line: string): boolean {
	return line.startsWith(mark)
}

/** Undefined where the line says nothing that this version knows. */
export function parseControl(line: string): BackupControl | undefined {
	try {
		return controlShape.safeParse(JSON.parse(line.slice(mark.length))).data
	} catch {
		return undefined
	}
}

/** The format that the first line names, whatever else is in it; undefined where it is no backup. */
export function parseFormat(line: string): number | undefined {
	try {
		const found = JSON.parse(line.slice(mark.length))
		return found.envoi === 'backup' && typeof found.format === 'number' ? found.format : undefined
	} catch {
		return undefined
	}
}

/** A checksum of lines, in hexadecimal: SHA-256. */
export function createLineHash() {
	const hash = createHash('sha256')
	return { add: (text: string) => void hash.update(text), end: () => hash.digest('hex') }
}
