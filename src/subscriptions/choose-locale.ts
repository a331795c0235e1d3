import type { Locale } from '../kernel/messages.ts'

type Offered = { defaultLocale: Locale; texts: ReadonlyArray<{ locale: Locale }> }

/**
 * The language a person gets: the one of the form, else what the browser asks for, else the newsletter's own.
 * `fr-CA` finds `fr`; a language that the newsletter doesn't have falls through to the next rule.
 */
export function chooseLocale(
	{ defaultLocale, texts }: Offered,
	fromForm: string | undefined,
	negotiate: (among: readonly Locale[]) => Locale | undefined,
): Locale {
	const locales = texts.map(({ locale }) => locale)
	return (fromForm && findLocale(locales, fromForm)) || negotiate(locales) || defaultLocale
}

// RFC 4647 §3.4, lookup: the tag is shortened from its end until one fits
function findLocale(locales: readonly Locale[], wanted: string): Locale | undefined {
	const parts = wanted.slice(0, 35).toLowerCase().split('-')
	for (let length = parts.length; length > 0; length--) {
		const tag = parts.slice(0, length).join('-')
		const found = locales.find((locale) => locale.toLowerCase() === tag)
		if (found) return found
	}
	return undefined
}
