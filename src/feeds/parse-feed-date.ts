import { isFiller, isWeekday, monthNumber } from './date-words.ts'
import { isZone, zoneMinutes } from './date-zones.ts'

/** How a feed writes the third of April in numbers. */
export type DateOrder = 'day_first' | 'month_first'

/** A date as read: one instant, or two where only numbers are given and either may be the month. */
export type DateReading =
	| { kind: 'instant'; date: Date }
	| { kind: 'numbers'; day_first: Date | null; month_first: Date | null }

/**
 * The instant that a date of a feed names, or null where it is not a date: 31 February, a wrong zone, words.
 * A missing zone means UTC, so that the answer does not depend on this machine. `order` is for dates such as 3/4/2026.
 */
export function parseFeedDate(input: string, order: DateOrder = 'day_first'): Date | null {
	const reading = readDate(input)
	if (reading?.kind !== 'numbers') return reading?.date ?? null
	return reading[order] ?? reading.day_first ?? reading.month_first
}

/** Reads what RFC 822, RFC 3339, asctime and the systems that make web sites write, in seven languages. */
export function readDate(input: string): DateReading | null {
	const text = plain(input)
	if (text === '' || text.length > 100) return null
	const unix = /^(\d{10})(?:\.\d{1,9})?$|^(\d{13})$/.exec(text)
	if (unix) return instant(new Date(unix[1] ? Number(unix[1]) * 1000 : Number(unix[2])))
	const numeric = takeNumeric(text)
	const { time, rest } = takeTime(numeric?.rest ?? text)
	const words = rest.replace(/(?<=[a-z\d])[-/.](?=[a-z\d])|[.,;|']/g, ' ').split(/\s+/)
	const named = readWords(
		words.filter((word) => /[^–-]/.test(word)),
		numeric !== undefined,
	)
	if (!named || !time) return null
	if (!numeric) return named.day === 0 ? null : instant(toInstant(named, time))
	if (named.month > 0 || named.numbers > 0) return null
	const [a, b] = numeric.parts
	const { year } = numeric
	if (numeric.yearFirst) return instant(toInstant({ year, month: a, day: b }, time))
	const dayFirst = toInstant({ year, month: b, day: a }, time)
	const monthFirst = toInstant({ year, month: a, day: b }, time)
	// dots are written where the day comes first
	if (numeric.separator === '.') return instant(dayFirst)
	if (dayFirst && monthFirst && a !== b)
		return { kind: 'numbers', day_first: dayFirst, month_first: monthFirst }
	if (dayFirst && monthFirst) return instant(dayFirst)
	return dayFirst || monthFirst ? { kind: 'numbers', day_first: dayFirst, month_first: monthFirst } : null
}

function instant(date: Date | null): DateReading | null {
	return date && { kind: 'instant', date }
}

/** Lower case without accents or what stands in brackets at the end; ISO 8601 in its long form. */
function plain(input: string): string {
	const text = input.trim()
	if (text.length > 100) return ''
	return text
		.normalize('NFD')
		.replace(/\p{M}/gu, '')
		.toLowerCase()
		.replace(/[\u00a0\u2009\u202f\s]+/g, ' ')
		.replace(/’/g, "'")
		.replace(/^(\d{4})年(\d{1,2})月(\d{1,2})日/, '$1-$2-$3')
		.replace(/\s?\([^()]*\)$|\[[\w/+:-]*\]$/, '')
		.replace(/^(\d{4})(\d{2})(\d{2})(?=t|$)/, '$1-$2-$3')
		.replace(/^(\d{4})-(\d{2})$/, '$1-$2-01')
		.replace(
			/^(\d{4}-\d{1,2}-\d{1,2})(?:t\s?| )(\d{2})(\d{2})(\d{2})?(?![\d:])/,
			(_, date, h, m, s) => `${date} ${h}:${m}${s ? `:${s}` : ''}`,
		)
		.replace(/^(\d{4}-\d{1,2}-\d{1,2})t\s?(?=\d)/, '$1 ')
}

type Numeric = { parts: [number, number]; year: number; yearFirst: boolean; separator: string; rest: string }

function takeNumeric(text: string): Numeric | undefined {
	const yearFirst = /(?<![\d:+-])(\d{4})([./-])(\d{1,2})\2(\d{1,2})(?![\d:])\.?/.exec(text)
	const found = yearFirst ?? /(?<![\d:+-])(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?![\d:])\.?/.exec(text)
	if (!found) return undefined
	const [whole, first = '', separator = '', second, third = ''] = found
	const rest = `${text.slice(0, found.index)} ${text.slice(found.index + whole.length)}`
	return yearFirst
		? { parts: [Number(second), Number(third)], year: Number(first), yearFirst: true, separator, rest }
		: { parts: [Number(first), Number(second)], year: fullYear(third), yearFirst: false, separator, rest }
}

type Time = { hour: number; minute: number; second: number; fraction: number; zone: string }

const clockTime =
	/(?<![\d:.+-])(\d{1,2})(?:(?:\s?[:h]\s?|\.)(\d{2})(?:(?:[:.]|\s?m(?:in)?\s?)(\d{2})(?:[.,](\d{1,9}))?)?(?:\s?s)?(?![\d:])\s?(?:([ap])\.?\s?m\b\.?)?|\s?h(?![a-z\d])|\s?([ap])\.?\s?m\b\.?)/
const numericZone = /^\s?(?:(?:gmt|utc?|z)\s?)?([+-]\d{1,2}(?::?\d{2})?)(?![\d:])/
const namedZone = /^\s?([a-z]{1,5}\d?(?:[a-z]{3})?|[a-z]{3,20}\/[a-z_]{2,20})(?=[\s,]|$)/

/** The time of day with its zone, midnight UTC where there is none, and the text without it; no time for a wrong one. */
function takeTime(text: string): { time: Time | undefined; rest: string } {
	const found = clockTime.exec(text)
	const none = { hour: 0, minute: 0, second: 0, fraction: 0, zone: 'z' }
	if (!found) return { time: none, rest: text }
	const [whole, hourText, minute = '0', second = '0', fraction = '0', half, bareHalf] = found
	const after = text.slice(found.index + whole.length).replace(/^\s?(?:uhr|hrs?|h|ore)\b/, '')
	const { zone, rest } = takeZone(after)
	let hour = Number(hourText)
	const afternoon = half ?? bareHalf
	if (afternoon === 'p' && hour < 12) hour += 12
	if (afternoon === 'a' && hour === 12) hour = 0
	const time = {
		hour,
		minute: Number(minute),
		second: Number(second),
		fraction: Number(`0.${fraction}`),
		zone,
	}
	return { time, rest: `${text.slice(0, found.index)} ${rest}` }
}

function takeZone(after: string): { zone: string; rest: string } {
	const numeric = numericZone.exec(after)
	if (numeric?.[1]) return { zone: numeric[1], rest: after.slice(numeric[0].length) }
	const [whole = '', name = ''] = namedZone.exec(after) ?? []
	const isWord = !isZone(name) && (monthNumber(name) !== undefined || isWeekday(name) || isFiller(name))
	return name && !isWord ? { zone: name, rest: after.slice(whole.length) } : { zone: 'z', rest: after }
}

type Named = { year: number; month: number; day: number; numbers: number }

/** What the words of a date say; undefined where one of them is no word of a date. `day` is 0 where there is none. */
function readWords(words: readonly string[], isDated: boolean): Named | undefined {
	const numbers: string[] = []
	let month = 0
	for (const word of words) {
		const [, digits] = /^(\d{1,2}|\d{4})(?:er|st|nd|rd|th|e|º|°|ª)?$/.exec(word) ?? []
		const found = monthNumber(word)
		if (digits) numbers.push(digits)
		// "mar. 24 nov.": a month that may be a day of the week gives way
		else if (found && ((month === 0 && !isDated) || !isWeekday(word))) month = found
		else if (!found && !isWeekday(word) && !isFiller(word)) return undefined
	}
	const [first = '', second] = numbers
	if (month === 0 || numbers.length > 2) return { year: 0, month, day: 0, numbers: numbers.length }
	if (second === undefined) {
		const day = first.length === 4 ? 1 : 0
		return { year: Number(first), month, day, numbers: 1 }
	}
	const [year, day] = first.length === 4 ? [first, second] : [second, first]
	return { year: fullYear(year), month, day: day.length === 4 ? 0 : Number(day), numbers: 2 }
}

// RFC 5322 §4.3
function fullYear(year: string): number {
	if (year.length === 4) return Number(year)
	return Number(year) < 50 ? 2000 + Number(year) : 1900 + Number(year)
}

function toInstant({ year, month, day }: Pick<Named, 'year' | 'month' | 'day'>, time: Time): Date | null {
	const { hour, minute, second, fraction } = time
	// a leap second is told as :60
	const inRange = year >= 1970 && month >= 1 && month <= 12 && hour <= 24 && minute <= 59 && second <= 60
	const local = Date.UTC(year, month - 1, day, hour, minute, second, Math.floor(fraction * 1000))
	const sameDay = day >= 1 && new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day
	const offset = inRange && sameDay ? zoneMinutes(time.zone, local) : undefined
	return offset === undefined ? null : new Date(local - offset * 60_000)
}
