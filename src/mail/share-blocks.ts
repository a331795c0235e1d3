import { hash } from 'node:crypto'
import type { SharedBlocks } from '../kernel/mail.ts'

/** A block is cut off before a line that is so long, as a story's text is … */
const longLine = 240
/** … where it has grown to so many octets. Each is a write to the socket. */
const minBlock = 4_000

/**
 * A quoted-printable text, which is ASCII, as blocks. They are cut by what the lines hold, not by where they stand, so that
 * the same stories make the same blocks wherever they come.
 */
export function shareBlocks(text: string, known: SharedBlocks): Buffer[] {
	return cutBlocks(text).map((block) => {
		const key = hash('sha256', block, 'base64')
		const found = known.get(key)
		if (found) return found
		const made = bufferOf(block)
		known.set(key, made)
		return made
	})
}

/** In memory that is its own: a slice of Node's pool would hold on to all of that. */
export function bufferOf(text: string): Buffer {
	const buffer = Buffer.allocUnsafeSlow(text.length)
	buffer.write(text, 'latin1')
	return buffer
}

function cutBlocks(text: string): string[] {
	const blocks: string[] = []
	let start = 0
	for (let line = 0; line < text.length; ) {
		const end = endOfHardLine(text, line)
		if (end - line >= longLine && line - start >= minBlock) {
			blocks.push(text.slice(start, line))
			start = line
		}
		line = end
	}
	blocks.push(text.slice(start))
	return blocks
}

/** Past soft line breaks, whose places may differ. */
function endOfHardLine(text: string, from: number): number {
	let at = text.indexOf('\r\n', from)
	while (at > 0 && text[at - 1] === '=') at = text.indexOf('\r\n', at + 2)
	return at < 0 ? text.length : at + 2
}
