import { IntlMessageFormat } from 'intl-messageformat'
import type { Locale } from '../kernel/messages.ts'

/** What a subject or preheader pattern may name: `{name}` of the newsletter, `{title}` of the first story … */
export type PatternValues = {
	name: string
	/** The day of the digest, written out in the language of the mail. */
	date: string
	/** The title of the first story. */
	title: string
	/** How many stories there are; `{count, plural, one {# story} other {# stories}}` */
	count: number
}

const names: ReadonlyArray<keyof PatternValues> = ['name', 'date', 'title', 'count']

const sample: PatternValues = { name: 'News', date: '1 May 2025', title: 'A story', count: 3 }

/** Whether a pattern is a readable ICU message that names nothing but `PatternValues`, on one line. */
export function isPattern(pattern: string): boolean {
	if (/[\p{Cc}\u2028\u2029]/u.test(pattern)) return false
	try {
		const filled = fillPattern(pattern, 'en', sample)
		return filled !== ''
	} catch {
		return false
	}
}

/** Puts the values into a pattern; the result is one line. A value that holds pattern syntax stays as it is. */
export function fillPattern(pattern: string, locale: Locale, values: PatternValues): string {
	const known = Object.fromEntries(names.map((name) => [name, values[name]]))
	// an apostrophe is one, not ICU's quote: l'{name}
	const message = new IntlMessageFormat(pattern.replaceAll("'", "''"), locale, undefined, { ignoreTag: true })
	return String(message.format(known)).replace(/\s+/gu, ' ').trim()
}
