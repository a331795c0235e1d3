import { IntlMessageFormat } from 'intl-messageformat'
import type { Locale } from '../kernel/messages.ts'

/** What a subject or preheader pattern may name: `{name}` of the newsletter, `{title}` of the first story … */
export type PatternValues = {
	name: string
	/** The day of the digest, written out in the language of the mail. */
	date: string
	/** The title of the first story. */
	title: string
	/** The titles of the stories after the first; empty where it is alone. */
	others: string
	/** How the summary of the first story begins. */
	summary: string
	/** How many stories there are; `{count, plural, one {# story} other {# stories}}` */
	count: number
}

const names: ReadonlyArray<keyof PatternValues> = ['name', 'date', 'title', 'others', 'summary', 'count']

/** What a pattern may name, as people are told. */
export const patternNames = names.map((name) => `{${name}}`).join(', ')

/** Whether a pattern is a readable ICU message that names nothing but `PatternValues`, on one line. */
export function isPattern(pattern: string): boolean {
	if (/[\p{Cc}\u2028\u2029]/u.test(pattern) || pattern.trim() === '') return false
	try {
		return (parse(pattern, 'en').getAst() as readonly Element[]).every(canBeFilled)
	} catch {
		return false
	}
}

/** An element of a parsed ICU message, as far as it is looked at. */
type Element = { type: number; value?: unknown; options?: Record<string, { value: readonly Element[] }> }

// the parser's own numbers for the kinds of elements
const [literal, argument, number, select, plural, pound] = [0, 1, 2, 5, 6, 7]

/** Whether all that an element names, in every branch of it, is there when it is filled. */
function canBeFilled({ type, value, options = {} }: Element): boolean {
	const inBranches = () => Object.values(options).every((branch) => branch.value.every(canBeFilled))
	if (type === literal || type === pound) return true
	if (type === number || type === plural) return value === 'count' && inBranches()
	return (type === argument || type === select) && names.some((name) => name === value) && inBranches()
}

/** Puts the values into a pattern; the result is one line. A value that holds pattern syntax stays as it is. */
export function fillPattern(pattern: string, locale: Locale, values: PatternValues): string {
	const known = Object.fromEntries(names.map((name) => [name, values[name]]))
	return String(parse(pattern, locale).format(known)).replace(/\s+/gu, ' ').trim()
}

function parse(pattern: string, locale: Locale): IntlMessageFormat {
	// an apostrophe is one, not ICU's quote: l'{name}
	return new IntlMessageFormat(pattern.replaceAll("'", "''"), locale, undefined, { ignoreTag: true })
}
