/** Fields whose line breaks mean something; every other text is one line. */
const multiline = new Set(['summary', 'postalAddress', 'consentWording', 'introduction'])

/**
 * The data of a mail with every text made harmless for any part of it: well-formed, without control characters and
 * without the marks that turn the direction of what follows (U+202A to U+202E, U+2066 to U+2069).
 */
export function cleanData<Data>(data: Data): Data {
	return clean(data, '') as Data
}

/** At most `maxLength` UTF-16 units of a text, cut behind a word. */
export function clipText(text: string, maxLength: number): string {
	if (text.length <= maxLength) return text
	const cut = text.slice(0, maxLength - 1).replace(/[\ud800-\udbff]$/, '')
	const word = cut.replace(/[ \u00a0]+[^ \u00a0]*$/, '')
	return `${word.length > maxLength / 2 ? word : cut}…`
}

function clean(value: unknown, key: string): unknown {
	if (typeof value === 'string') return multiline.has(key) ? cleanLines(value) : cleanLine(value)
	if (Array.isArray(value)) return value.map((item) => clean(item, key))
	if (value === null || typeof value !== 'object' || value instanceof Date) return value
	return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, clean(inner, name)]))
}

function cleanLines(text: string): string {
	return text
		.split(/\r\n|[\r\n\u2028\u2029]/)
		.map(cleanLine)
		.join('\n')
		.trim()
}

function cleanLine(text: string): string {
	return text
		.toWellFormed()
		.replace(/[\u202a-\u202e\u2066-\u2069\ufeff]/g, '')
		.replace(/[\p{Cc}\u2028\u2029 ]+/gu, ' ')
		.trim()
}
