import { randomUUID } from 'node:crypto'
import { tidyLines } from './tidy-lines.ts'

type Compile = (mail: string, mjml: string) => Promise<string>

/** What MJML hands on as it is: whatever stands between the tags of these elements. */
const handedOn = /(<(mj-text|mj-raw|mj-title)(?:\s[^>]*[^/>])?>)([\s\S]*?)(<\/\2>)/g

/**
 * Compiles what MJML has to work on once for each structure, and puts the texts into what came of it: mails that differ in
 * their words alone, as the variants of a digest do, cost a replacement each. What comes out is byte for byte what compiling
 * the whole gives. The last `max` structures are kept.
 */
export function compileByStructure(compile: Compile, max = 100): Compile {
	const kept = new Map<string, Promise<string[]>>()
	const mark = `text-${randomUUID()}-`
	return async (mail, mjml) => {
		const texts: string[] = []
		const structure = mjml.replaceAll(handedOn, (whole, open: string, _name, text: string, close: string) => {
			if (text.trim() === '') return whole
			return `${open}${mark}${texts.push(text.trim()) - 1};${close}`
		})
		const key = `${mail} ${structure}`
		const pieces =
			kept.get(key) ??
			keep(
				kept,
				key,
				compile(mail, structure).then((html) => cut(html, mark)),
				max,
			)
		return tidyLines(fill(await pieces, texts))
	}
}

/** A structure that can't be compiled is tried again: its fault is told with every mail. */
function keep(
	kept: Map<string, Promise<string[]>>,
	key: string,
	pieces: Promise<string[]>,
	max: number,
): Promise<string[]> {
	kept.set(key, pieces)
	pieces.catch(() => kept.delete(key))
	const [oldest] = kept.keys()
	if (kept.size > max && oldest !== undefined) kept.delete(oldest)
	return pieces
}

/** What stands between the marks, and at odd places the number of the text that a mark stands for. */
function cut(html: string, mark: string): string[] {
	return html.split(new RegExp(`${mark}(\\d+);`))
}

function fill(pieces: readonly string[], texts: readonly string[]): string {
	return pieces.map((piece, index) => (index % 2 === 0 ? piece : (texts[Number(piece)] ?? ''))).join('')
}
