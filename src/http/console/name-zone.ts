import type { Locale, Messages } from '../../kernel/messages.ts'

/**
 * A time zone of the IANA database as people call it, by its city: “Montréal time”, “heure du Caire”. Cities that a
 * language writes otherwise than the database are in its `console.zone`; the others stand as in the database.
 */
export function nameZone(messages: Messages, locale: Locale, timeZone: string): string {
	const city = timeZone.split('/').at(-1) ?? ''
	const own = `console.zone.${city}`
	if (messages.has(own)) return messages.text(locale, own)
	const starts = /^[aeiou]/i.test(city) ? 'vowel' : 'consonant'
	return messages.text(locale, 'console.zone.other', { city: city.replaceAll('_', ' '), starts })
}
