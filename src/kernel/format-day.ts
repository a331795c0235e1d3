import { dateFormat } from './date-format.ts'
import type { Locale } from './messages.ts'

/** Whether days are written “26 November 2026” or “November 26, 2026”. */
export type DayOrder = 'day_first' | 'month_first'

type Manner = { locale: Locale; timeZone: string; order?: DayOrder | undefined }

/** A day in words: “26 November 2026”, “26 novembre 2026”, “1er octobre 2026”. */
export function formatDay(date: Date, { locale, timeZone, order }: Manner): string {
	const day = dateFormat(spoken(locale, order), { dateStyle: 'long', timeZone }).format(date)
	return withOrdinal(day, locale)
}

/** The same without the year: “26 November”, “November 26”, “1er octobre”. */
export function formatDayOfYear(date: Date, { locale, timeZone, order }: Manner): string {
	const parts = { day: 'numeric', month: 'long' } as const
	return withOrdinal(dateFormat(spoken(locale, order), { ...parts, timeZone }).format(date), locale)
}

/** A day as Intl writes it, with the ordinal that French has for the first of a month and CLDR leaves out: “mardi 1er décembre”. */
export function withOrdinal(day: string, locale: Locale): string {
	return locale.startsWith('fr') ? day.replace(/(?<=^|\s)1(?=\s|$)/, '1er') : day
}

/** The name of a day: “Thursday”, “jeudi”. */
export function formatWeekday(date: Date, { locale, timeZone }: Omit<Manner, 'order'>): string {
	return dateFormat(locale, { weekday: 'long', timeZone }).format(date)
}

/**
 * The order that readers of a newsletter are used to, by where its schedule is at home: the month stands first in the
 * United States, where English alone is written. With French beside it, both languages have the day first.
 */
export function dayOrderOf(timeZone: string, locales: readonly Locale[]): DayOrder {
	const english = locales.every((locale) => locale.split('-')[0] === 'en')
	return english && zonesOfUnitedStates().has(canonicalZone(timeZone)) ? 'month_first' : 'day_first'
}

/** English has both orders: British and American. */
function spoken(locale: Locale, order: DayOrder = 'day_first'): Locale {
	if (locale.split('-')[0] !== 'en') return locale
	return order === 'month_first' ? 'en-US' : 'en-GB'
}

let zones: ReadonlySet<string> | undefined

function zonesOfUnitedStates(): ReadonlySet<string> {
	// in Node 24, and not yet in the types of the language (Intl Locale Info)
	const place = new Intl.Locale('en-US') as Intl.Locale & { getTimeZones?: () => string[] | undefined }
	zones ??= new Set(place.getTimeZones?.() ?? [])
	return zones
}

/** `US/Eastern` is another name of America/New_York. */
function canonicalZone(timeZone: string): string {
	try {
		return dateFormat('en', { timeZone }).resolvedOptions().timeZone
	} catch {
		return timeZone
	}
}
