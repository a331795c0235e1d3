import { dateFormat } from '../../kernel/date-format.ts'
import { withOrdinal } from '../../kernel/format-day.ts'
import { formatTimeOfDay } from '../../kernel/format-moment.ts'
import type { Locale, Messages } from '../../kernel/messages.ts'
import { nameZone } from './name-zone.ts'

/** Numbers and times as the pages of the console write them, in a language and in a newsletter's zone. */
export type Speech = {
	/** 16,863 */
	number(value: number): string
	/** −318, with a true minus; +214 */
	signed(value: number): string
	/** 99.6%, one digit at most */
	share(part: number, whole: number): string
	/** 26 November */
	day(date: Date): string
	/** 26 November 2026 */
	fullDay(date: Date): string
	/** Thursday 26 November */
	/** Within a sentence: “jeudi 3 décembre”. */
	weekday(date: Date): string
	/** At the beginning of one: “Jeudi 3 décembre”. */
	weekdayFirst(date: Date): string
	/** Thu 26 */
	shortWeekday(date: Date): string
	/** Tue 24 Nov */
	shortDay(date: Date): string
	/** 12 Mar 2024 */
	shortDate(date: Date): string
	/** Nov 2026 */
	month(date: Date): string
	/** 07:04, and 7 h 04 in French */
	time(date: Date): string
	/** 07:04:11 */
	seconds(date: Date): string
	/** What the zone is called: “Montréal time”, or UTC. */
	zone: string
}

/** The forms are those of British English, in one order in both languages, day first. */
export function speakTimes(messages: Messages, locale: Locale, timeZone: string): Speech {
	const tag = locale === 'en' ? 'en-GB' : locale
	const numbers = new Intl.NumberFormat(locale)
	const shares = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 })
	const formatter = (options: Intl.DateTimeFormatOptions) => {
		const format = dateFormat(tag, { timeZone, ...options })
		return (date: Date) => withOrdinal(format.format(date).replace(',', ''), locale)
	}
	const first = (format: (date: Date) => string) => (date: Date) => capital(format(date), locale)
	const weekday = formatter({ weekday: 'long', day: 'numeric', month: 'long' })
	return {
		number: (value) => numbers.format(value),
		signed: (value) => `${value < 0 ? '−' : value > 0 ? '+' : ''}${numbers.format(Math.abs(value))}`,
		share: (part, whole) => shares.format(whole === 0 ? 0 : part / whole),
		day: formatter({ day: 'numeric', month: 'long' }),
		fullDay: formatter({ day: 'numeric', month: 'long', year: 'numeric' }),
		weekday,
		weekdayFirst: first(weekday),
		shortWeekday: first(formatter({ weekday: 'short', day: 'numeric' })),
		shortDay: first(formatter({ weekday: 'short', day: 'numeric', month: 'short' })),
		shortDate: formatter({ day: 'numeric', month: 'short', year: 'numeric' }),
		month: formatter({ month: 'short', year: 'numeric' }),
		time: (date) => formatTimeOfDay(date, { locale, timeZone }),
		seconds: (date) => dateFormat('en-GB', { timeZone, timeStyle: 'medium' }).format(date),
		zone: nameZone(messages, locale, timeZone),
	}
}

function capital(text: string, locale: Locale): string {
	return text.charAt(0).toLocaleUpperCase(locale) + text.slice(1)
}
