/**
 * A text as it is compared with others that people typed: without accents, in lower case, with single spaces. `Éducation  à
 * la paix` and `education a la paix` are the same.
 */
export function foldText(text: string): string {
	return text
		.normalize('NFKD')
		.replace(/\p{M}+/gu, '')
		.toLowerCase()
		.normalize('NFKD')
		.replace(/\p{M}+/gu, '')
		.replace(/\s+/g, ' ')
		.trim()
}
