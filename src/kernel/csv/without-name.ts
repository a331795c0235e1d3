/**
 * `Ana Diop <ana@example.org>` and `mailto:ana@example.org` without what stands around the address, nor the characters without
 * width that come along when it is copied from a page.
 */
export function withoutName(cell: string): string {
	const shown = cell.replace(/[\u200b-\u200f\u2060\ufeff]/g, '')
	const bracketed = shown.match(/<([^<>]+)>\s*$/)?.[1] ?? shown
	return bracketed.trim().replace(/^mailto:/i, '')
}
