import type { Locale } from '../kernel/messages.ts'
import type { DigestWish } from '../kernel/tables/digests.ts'

/** The languages that a letter is written in: those of its introduction. */
export function languagesOf({ introduction = {} }: Pick<DigestWish, 'introduction'>): Locale[] {
	return Object.keys(introduction).filter((locale) => introduction[locale]?.trim())
}

/** The beginning of what staff wrote, without the marks of Markdown, on one line: what inboxes show beside the subject. */
export function firstWords(introduction: string): string {
	return introduction
		.replace(/^\s*(?:#{1,6}|[-*+]|\d+[.)])\s+/gm, '')
		.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
		.replace(/\*+/g, '')
		.replace(/\s+/g, ' ')
		.trim()
}
