/** Accents as Latin, Greek and Cyrillic letters have them; marks of other scripts make words of their own. */
const accents = /[\u0300-\u036f]+/g

/**
 * A text as it is compared with others that people typed: without accents, in lower case, with single spaces. `Éducation  à
 * la paix` and `education a la paix` are the same.
 */
export function foldText(text: string): string {
	return text
		.normalize('NFKD')
		.replace(accents, '')
		.toLowerCase()
		.normalize('NFKD')
		.replace(accents, '')
		.normalize('NFC')
		.replace(/\s+/g, ' ')
		.trim()
}
