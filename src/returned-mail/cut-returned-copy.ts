import { isSystemAddress, knownWordings } from '../refusals/index.ts'
import { readHeaderFields } from './mime/header-fields.ts'
import { bounceSubjects, systemNames } from './notices.ts'

const copyBegins = new RegExp(
	knownWordings.flatMap(({ copyBegins: known = [] }) => known.map(({ source }) => `(?:${source})`)).join('|'),
)

/**
 * Parts the text of a report into what the mail system says and the copy of the returned message below it. The copy
 * begins after a line that systems are known to put there, or where header fields stand in the text.
 */
export function cutReturnedCopy(text: string): { report: string; returned: string } {
	const lines = text.split('\n')
	let said = false
	for (let at = 0; at < Math.min(lines.length, maxLines); at += 1) {
		const line = lines[at] ?? ''
		if (line === '') continue
		if (said && beginsCopy(line)) return cut(lines, at, at + 1)
		// a line that was folded
		if (said && /^[ \t]+\S/.test(lines[at + 1] ?? '') && beginsCopy(`${line} ${lines[at + 1]?.trim()}`)) {
			return cut(lines, at, at + 2)
		}
		if (said && startsHeader(lines, at)) return cut(lines, at, at)
		said = true
	}
	return { report: text, returned: '' }
}

function beginsCopy(line: string): boolean {
	return copyBegins.test(line.slice(0, 200).toLowerCase())
}

function cut(lines: string[], end: number, start: number): { report: string; returned: string } {
	let first = start
	while (first < lines.length && /^[\s=*_-]*$/.test(lines[first] ?? '')) first += 1
	return { report: lines.slice(0, end).join('\n'), returned: lines.slice(first, first + 1_000).join('\n') }
}

const maxLines = 20_000

const beginning =
	/^(?:return-path|received|from|message-id|date|subject|to|x-[\w-]{1,40}|mime-version|delivered-to|envelope-to|reply-to|sender|content-type):/i

/** Whether the header of a message begins at a line: three fields or more, one of them such as only messages have. */
function startsHeader(lines: string[], at: number): boolean {
	if (!beginning.test(lines[at] ?? '')) return false
	const before = lines[at - 1] ?? ''
	if (before.trim() !== '' && !/^[-=_*\s]+$|^>?From /.test(before)) return false
	const block = lines.slice(at, at + 60).join('\n')
	const { fields } = readHeaderFields(block)
	if (fields.entries.length < 3) return false
	if (!fields.has('received') && !fields.has('message-id') && !(fields.has('from') && fields.has('to')))
		return false
	return !isHeaderOfReport(fields.readable('from'), fields.readable('subject'))
}

/** A report that was forwarded in the text has its own header there. */
function isHeaderOfReport(from: string, subject: string): boolean {
	const address = /<?([^<\s]+)>?\s*$/.exec(from)?.[1] ?? ''
	return (
		isSystemAddress(address) ||
		systemNames.test(from.toLowerCase()) ||
		bounceSubjects.some((pattern) => pattern.test(subject.toLowerCase()))
	)
}
