// controls that PostgreSQL, mail headers or terminals choke on, and the overrides that let text pose as other text
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const unwanted = /[\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f\u202d\u202e\ufeff\ufffe\uffff]/g

/**
 * One line of well-formed text: no control characters, no lone surrogates, white space made single.
 * No-break spaces stay: French needs them before its punctuation.
 */
export function cleanText(text: string): string {
	return text
		.toWellFormed()
		.replace(unwanted, '')
		.replace(/[ \t\r\n\f\v\u0085\u2028\u2029]+/g, ' ')
		.replace(/[ \u00a0]{2,}/g, ' ')
		.trim()
}
