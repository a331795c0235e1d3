import { decodeWords } from 'postal-mime'
import { textFromBytes } from './text-from-bytes.ts'

/** Header fields as they stand in a message or a report: names in lower case, values unfolded. */
export class HeaderFields {
	readonly entries: ReadonlyArray<readonly [name: string, value: string]>

	constructor(entries: ReadonlyArray<readonly [name: string, value: string]>) {
		this.entries = entries
	}

	/** The first value of a field, '' where there is none. */
	first(name: string): string {
		return this.entries.find(([known]) => known === name)?.[1] ?? ''
	}

	/** All values of a field, in their order. */
	all(name: string): string[] {
		return this.entries.filter(([known]) => known === name).map(([, value]) => value)
	}

	has(name: string): boolean {
		return this.entries.some(([known]) => known === name)
	}

	/** The first value with its encoded words (RFC 2047) and raw 8-bit characters made readable. */
	readable(name: string): string {
		return readableValue(this.first(name))
	}
}

const maxFields = 2_000
const maxValueLength = 20_000
const maxBlockLength = 1_000_000

/**
 * Reads the header block that begins at `start` of a message held as one character a byte, with `\n` line ends.
 * Gives the fields and where the body begins. A block that ends without an empty line is accepted, and what
 * lies over the limits is passed over. A line that is no field ends the block, unless the line
 * before ends with a semicolon (a parameter that was folded without its space), or with `strayLines: 'continue'` belongs
 * to the field before.
 */
export function readHeaderFields(
	source: string,
	{ start = 0, strayLines = 'end' }: { start?: number; strayLines?: 'end' | 'continue' } = {},
): { fields: HeaderFields; bodyStart: number } {
	const entries: Array<readonly [string, string]> = []
	let name = ''
	let value: string[] = []
	let length = 0
	const finish = (): void => {
		if (name && entries.length < maxFields) entries.push([name, value.join(' ').trim()])
		name = ''
		value = []
		length = 0
	}

	let at = start
	while (at < source.length) {
		if (at - start > maxBlockLength) {
			const emptyLine = source.indexOf('\n\n', at)
			at = emptyLine < 0 ? source.length : emptyLine + 2
			break
		}
		const newline = source.indexOf('\n', at)
		const end = newline < 0 ? source.length : newline
		const next = newline < 0 ? source.length : newline + 1
		if (end === at) {
			at = next
			break
		}
		const isFolded = source[at] === ' ' || source[at] === '\t'
		const colon = isFolded ? -1 : fieldNameEnd(source, at, end)
		if (colon >= 0) {
			finish()
			name = source.slice(at, colon).trimEnd().toLowerCase()
			value = [source.slice(colon + 1, Math.min(end, colon + maxValueLength)).trim()]
			length = end - colon
		} else if (isFolded || (name && (strayLines === 'continue' || value.at(-1)?.endsWith(';')))) {
			if (length < maxValueLength) value.push(source.slice(at, Math.min(end, at + maxValueLength)).trim())
			length += end - at
		} else if (entries.length > 0 || name || !/^>?From /.test(source.slice(at, at + 6))) {
			break // else it is the separator line of a mailbox file, which may stand before the first field
		}
		at = next
	}
	finish()
	return { fields: new HeaderFields(entries), bodyStart: at }
}

// RFC 5322 §2.2: a name is printable ASCII without the colon; obsolete forms put spaces before it
const fieldName = /[!-9;-~]{1,80}[ \t]*:/y

function fieldNameEnd(source: string, at: number, end: number): number {
	fieldName.lastIndex = at
	if (!fieldName.test(source) || fieldName.lastIndex > end) return -1
	return fieldName.lastIndex - 1
}

/** A header value for people: 8-bit characters read as UTF-8 or Latin-1, encoded words decoded. */
export function readableValue(value: string): string {
	const short = value.slice(0, 2_000)
	const text = hasHighBytes(short) ? textFromBytes(Buffer.from(short, 'latin1'), '') : short
	return text.includes('=?') ? decodeWords(text) : text
}

/** Whether a string that holds one character a byte goes beyond ASCII. */
export function hasHighBytes(text: string): boolean {
	return /[\u0080-\u00ff]/.test(text)
}
