import { invalidField } from '../app-error.ts'

type OtherFile = 'excel' | 'pdf' | 'picture' | 'compressed' | 'web_page' | 'json'

/** What files that people take for tables begin with. */
const beginnings: ReadonlyArray<[OtherFile, string]> = [
	// ZIP: .xlsx, .ods, .numbers
	['excel', '504b0304'],
	// Compound File Binary: .xls
	['excel', 'd0cf11e0a1b11ae1'],
	['pdf', '25504446'],
	['picture', '89504e47'],
	['picture', 'ffd8ff'],
	['picture', '47494638'],
	['compressed', '1f8b'],
	['compressed', '28b52ffd'],
	['compressed', '526172211a07'],
]

/**
 * Throws `invalid` as `field`, with what to do, for a file that is no table in text: a workbook, a PDF, a picture, an archive. `first`: its
 * beginning.
 */
export function refuseOtherFiles(first: Uint8Array, field: string): void {
	if (first.length === 0) throw invalidField(field, 'errors.import.file.empty')
	const hex = Buffer.from(first.subarray(0, 8)).toString('hex')
	const found = beginnings.find(([, beginning]) => hex.startsWith(beginning))?.[0] ?? ofText(first)
	if (found) throw invalidField(field, `errors.import.file.${found}`)
}

/** What systems answer instead of a table: a page to sign in on, or the same data in another form. */
function ofText(first: Uint8Array): OtherFile | undefined {
	const text = Buffer.from(first.subarray(0, 400))
		.toString('utf8')
		.replace(/^\ufeff/, '')
		.trimStart()
	if (/^<(?:!doctype\s+html|html|head|\?xml)\b/i.test(text)) return 'web_page'
	return /^(?:\[\s*\{|\{\s*"[^"]*"\s*:)/.test(text) ? 'json' : undefined
}
