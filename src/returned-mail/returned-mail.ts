import { cutReturnedCopy } from './cut-returned-copy.ts'
import { HeaderFields, readHeaderFields } from './mime/header-fields.ts'
import { collectReportParts, type ReportParts } from './report-parts.ts'

/** A mail that came back, opened: what all readers of this folder start from. */
export type ReturnedMail = {
	parts: ReportParts
	fields: HeaderFields
	/** What the mail system says, without the copy of the returned message below it. */
	text: string
	/** The header of the returned message; no fields where the report has none. */
	returned: HeaderFields
	/** Whom a bounce is about that names nobody. */
	recipient: string | undefined
}

/** Opens a mail; never throws for what it holds. */
export function openReturnedMail(raw: Uint8Array, recipient?: string): ReturnedMail {
	const parts = collectReportParts(raw)
	parts.text = unquote(parts.text)
	const { report, returned } = cutReturnedCopy(parts.text)
	const copy = parts.returned || returned
	return {
		parts,
		fields: parts.fields,
		text: report,
		returned: copy === '' ? new HeaderFields([]) : readHeaderFields(copy).fields,
		recipient,
	}
}

/** A report that somebody forwarded has `>` before its lines. */
function unquote(text: string): string {
	const lines = text.split('\n')
	const quoted = lines.filter((line) => line.startsWith('>')).length
	if (quoted < 10 || quoted * 2 < lines.length) return text
	return lines.map((line) => line.replace(/^>\s?/, '')).join('\n')
}
