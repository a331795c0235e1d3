import { dateFormat } from './date-format.ts'
import { withOrdinal } from './format-day.ts'
import type { Locale } from './messages.ts'

/** The zone of this machine where none is named. */
type Manner = { locale: Locale; timeZone?: string | undefined }

const noBreak = '\u00a0'

/** A time of day: “09:05”, “9 h 05”. */
export function formatTimeOfDay(date: Date, { locale, timeZone }: Manner): string {
	const clock = dateFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' })
	const [hour = '', minute = ''] = clock.format(date).split(':')
	if (!locale.startsWith('fr')) return `${hour}:${minute}`
	return `${Number(hour)}${noBreak}h${minute === '00' ? '' : `${noBreak}${minute}`}`
}

/** A moment in words, with its zone: “Thursday 26 November, 09:00 (Eastern Time)”. */
export function formatMoment(date: Date, { locale, timeZone }: Manner): string {
	const tag = locale === 'en' ? 'en-GB' : locale
	const format = (options: Intl.DateTimeFormatOptions) => dateFormat(tag, { timeZone, ...options })
	const day = format({ weekday: 'long', day: 'numeric', month: 'long' }).format(date).replace(',', '')
	const parts = format({ timeZoneName: 'longGeneric' }).formatToParts(date)
	const named = parts.find(({ type }) => type === 'timeZoneName')?.value ?? timeZone
	// languages have no words for it, and say it as a distance from itself
	const zone = format({}).resolvedOptions().timeZone === 'UTC' ? 'UTC' : named
	return `${withOrdinal(day, locale)}, ${formatTimeOfDay(date, { locale, timeZone })} (${zone})`
}

/** An instant, short: “28 Nov 2026, 18:05”, “28 nov. 2026, 18 h 05”. */
export function formatInstant(date: Date, { locale, timeZone }: Manner): string {
	const tag = locale === 'en' ? 'en-GB' : locale
	const day = dateFormat(tag, { dateStyle: 'medium', timeZone }).format(date)
	return `${withOrdinal(day, locale)}, ${formatTimeOfDay(date, { locale, timeZone })}`
}
