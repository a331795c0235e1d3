/**
 * A cell that a spreadsheet would take for a formula, with an apostrophe in front (OWASP, CSV Injection). One that begins with
 * apostrophes before such a sign gets one more, so that `restoreCell` gives back what was there.
 */
export function neutraliseCell(text: string): string {
	return /^'*[=+\-@\t\r\n]/.test(text) ? `'${text}` : text
}

/** What a cell was before `neutraliseCell`. */
export function restoreCell(text: string): string {
	return /^'+[=+\-@\t\r\n]/.test(text) ? text.slice(1) : text
}
