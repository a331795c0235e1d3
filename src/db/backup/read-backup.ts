import { AppError } from '../../kernel/app-error.ts'
import {
	type BackupControl,
	type BackupHeader,
	backupFormat,
	createLineHash,
	isControl,
	parseControl,
	parseFormat,
} from './backup-lines.ts'

/** What a backup holds, in the order that it stands there. `rows` are JSON objects, and are counted and checked at the end of their table. */
export type BackupPart =
	| { header: BackupHeader }
	| { begin: string; columns: string[] }
	| { row: string }
	| { end: string; rows: number }
	| { done: true; tables: number; rows: number }

/** A part of a backup with a sentence why it can't be used: damaged, or cut off. */
export function damaged(cause?: unknown): AppError {
	return new AppError('invalid', 'errors.backup.damaged', { cause })
}

/**
 * Reads the lines of a backup and checks them against the counts and checksums in it. Throws an AppError where it is none,
 * of a newer version, damaged or cut off: what was given before is to be thrown away then.
 */
export async function* readBackup(text: AsyncIterable<string>): AsyncGenerator<BackupPart> {
	const controls = createLineHash()
	let table: { name: string; rows: number; hash: ReturnType<typeof createLineHash> } | undefined
	let header: BackupHeader | undefined
	let over = false
	let tables = 0
	let rows = 0
	for await (const line of splitLines(text)) {
		if (over) throw damaged()
		if (!isControl(line)) {
			if (!header) throw new AppError('invalid', 'errors.backup.none')
			if (!table) throw damaged()
			table.rows += 1
			table.hash.add(`${line}\n`)
			yield { row: line }
			continue
		}
		const control = header ? parseControl(line) : parseHeader(line)
		if (!control) throw damaged()
		if ('done' in control) {
			if (table || control.tables !== tables || control.rows !== rows) throw damaged()
			if (control.sha256 !== controls.end()) throw damaged()
			over = true
			yield { done: true, tables, rows }
			continue
		}
		controls.add(`${line}\n`)
		if ('envoi' in control) {
			if (header) throw damaged()
			header = control
			yield { header }
		} else if ('begin' in control) {
			if (table) throw damaged()
			table = { name: control.begin, rows: 0, hash: createLineHash() }
			yield control
		} else {
			if (!table || control.end !== table.name) throw damaged()
			if (control.rows !== table.rows || control.sha256 !== table.hash.end()) throw damaged()
			tables += 1
			rows += table.rows
			yield { end: table.name, rows: table.rows }
			table = undefined
		}
	}
	if (!header) throw new AppError('invalid', 'errors.backup.none')
	if (!over) throw new AppError('invalid', 'errors.backup.cut')
}

function parseHeader(line: string): BackupControl {
	const format = parseFormat(line)
	if (format === undefined) throw new AppError('invalid', 'errors.backup.none')
	if (format > backupFormat) throw new AppError('invalid', 'errors.backup.newer')
	const header = parseControl(line)
	if (!header || !('envoi' in header)) throw damaged()
	return header
}

// what no row of ours comes near
const longestLine = 256 * 1024 * 1024

/** Lines without their ends. A last line that is cut off is one too. */
async function* splitLines(text: AsyncIterable<string>): AsyncGenerator<string> {
	let begun: string[] = []
	let length = 0
	for await (const part of text) {
		const lines = part.split('\n')
		const last = lines.pop() ?? ''
		for (const line of lines) {
			yield begun.length > 0 ? begun.join('') + line : line
			begun = []
			length = 0
		}
		if (last === '') continue
		begun.push(last)
		length += last.length
		if (length > longestLine) throw damaged()
	}
	if (begun.length > 0) yield begun.join('')
}

export type BackupSummary = BackupHeader & { tables: Record<string, number>; rows: number }

/** Reads a backup to its end and says what is in it: rows a table. Throws as `readBackup` does. */
export async function checkBackup(text: AsyncIterable<string>): Promise<BackupSummary> {
	let header: BackupHeader | undefined
	const tables: Record<string, number> = {}
	let rows = 0
	for await (const part of readBackup(text)) {
		if ('header' in part) header = part.header
		else if ('end' in part) tables[part.end] = part.rows
		else if ('done' in part) rows = part.rows
	}
	if (!header) throw damaged()
	return { ...header, tables, rows }
}
