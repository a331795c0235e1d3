// controls that PostgreSQL, mail headers or terminals choke on, and the overrides that let text pose as other text
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const unwanted = /[\u0000-\u0008\u000e-\u001f\u007f-\u009f\u202d\u202e\ufeff\ufffe\uffff]/g
const windowsMarks = /[\u0080-\u009f]/g
const windows1252 = new TextDecoder('windows-1252')

/**
 * One line of well-formed text: no control characters, no lone surrogates, white space made single.
 * No-break spaces stay: French needs them before its punctuation. A control between U+0080 and U+009F was a mark of
 * Windows-1252 once, most often a quotation mark.
 */
export function cleanText(text: string): string {
	return text
		.toWellFormed()
		.replace(windowsMarks, (mark) => windows1252.decode(Uint8Array.of(mark.charCodeAt(0))))
		.replace(unwanted, '')
		.replace(/[ \t\r\n\f\v\u2028\u2029]+/g, ' ')
		.replace(/[ \u00a0]{2,}/g, ' ')
		.trim()
}
