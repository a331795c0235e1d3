import { isCronPattern } from '../../kernel/cron.ts'
import { takeTimes } from './read-times.ts'
import { type Meaning, meaningOf } from './schedule-words.ts'

/** `no_time`: the days are clear, but not the hour. `unclear`: neither words that we know nor a cron pattern. */
export type ReadSchedule = { cron: string } | { problem: 'no_time' | 'unclear' }

const unclear: ReadSchedule = { problem: 'unclear' }

/**
 * Reads when digests go out, in English or French words as people say it – “every Monday 9:00”, « le 1er et le 15 du
 * mois à 9 h » – or as a cron pattern, which stays as it is.
 */
export function readSchedule(typed: string): ReadSchedule {
	if (isCronPattern(typed)) return { cron: typed.trim() }
	const taken = takeTimes(simplify(typed))
	if (!taken) return unclear
	const words = taken.rest.split(/[\s,;&+'’]+/).filter(Boolean)
	const meant = words.map(meaningOf)
	if (!meant.every((each) => each !== undefined)) return unclear
	const { times, rest } = taken.times.length > 0 ? { times: taken.times, rest: meant } : takeLastNumber(meant)
	const when = readDays(rest, words)
	if (!when) return unclear
	if (times.length === 0) return { problem: 'no_time' }
	const minutes = new Set(times.map(({ minute }) => minute))
	// cron has one minute for all hours
	if (minutes.size > 1) return unclear
	const hours = [...new Set(times.map(({ hour }) => hour))].sort((a, b) => a - b)
	const cron = `${[...minutes][0]} ${hours.join(',')} ${when.dayOfMonth} * ${when.dayOfWeek}`
	return isCronPattern(cron) ? { cron } : unclear
}

function simplify(typed: string): string {
	return typed.toLowerCase().normalize('NFKD').replace(/\p{M}/gu, '').replace(/\s+/g, ' ').trim()
}

/** “every Monday 9”: a number at the end is the hour, unless it is a day of the month. */
function takeLastNumber(meant: Meaning[]): {
	times: Array<{ hour: number; minute: number }>
	rest: Meaning[]
} {
	const last = meant.at(-1)
	const numbers = meant.filter(({ kind }) => kind === 'number').length
	const isDayOfMonth = meant.some(({ kind }) => kind === 'month') && numbers === 1
	if (last?.kind !== 'number' || last.suffixed || isDayOfMonth || last.number > 23) {
		return { times: [], rest: meant }
	}
	return { times: [{ hour: last.number, minute: 0 }], rest: meant.slice(0, -1) }
}

type Days = { dayOfMonth: string; dayOfWeek: string }

function readDays(meant: readonly Meaning[], words: readonly string[]): Days | undefined {
	const weekdays = readWeekdays(meant)
	const monthly = meant.some(({ kind }) => kind === 'month')
	const ordinals = meant.flatMap((each) => (each.kind === 'ordinal' ? [each.nth] : []))
	const numbers = meant.flatMap((each) => (each.kind === 'number' ? [each] : []))
	const anyDay = meant.some(({ kind }) => kind === 'any_day')

	if (weekdays.length > 0) {
		const nth = [...ordinals, ...numbers.map(({ number, suffixed }) => (suffixed ? number : Number.NaN))]
		if (nth.length === 0)
			return monthly ? undefined : { dayOfMonth: '*', dayOfWeek: formatWeekdays(weekdays) }
		return nthWeekdays(nth, weekdays, monthly)
	}
	if (numbers.length > 0) {
		const isSaid = monthly || numbers.every(({ suffixed }) => suffixed)
		const inMonth = numbers.every(({ number }) => number >= 1 && number <= 31)
		if (!isSaid || !inMonth || ordinals.length > 0) return undefined
		const dates = [...new Set(numbers.map(({ number }) => number))].sort((a, b) => a - b)
		return { dayOfMonth: dates.join(','), dayOfWeek: '*' }
	}
	if (ordinals.length > 0) return monthly ? ordinalDay(ordinals, anyDay, words) : undefined
	// « en semaine » are the days of work; “every week” alone says no day
	if (/\ben semaine\b/.test(words.join(' '))) return { dayOfMonth: '*', dayOfWeek: '1-5' }
	const isSaid = anyDay && !monthly && !meant.some(({ kind }) => kind === 'week')
	return isSaid ? { dayOfMonth: '*', dayOfWeek: '*' } : undefined
}

/** “first Monday”; of “second Monday” only a month makes clear that it is not every other one. */
function nthWeekdays(nth: number[], weekdays: number[], monthly: boolean): Days | undefined {
	const isClear = nth.every((each) => each === 1 || each === -1 || (monthly && each >= 2 && each <= 4))
	if (!isClear) return undefined
	const each = weekdays.flatMap((day) => nth.map((number) => (number < 0 ? `${day}L` : `${day}#${number}`)))
	return { dayOfMonth: '*', dayOfWeek: each.join(',') }
}

/** “first day of the month”, « dernier jour du mois », “first of the month”. */
function ordinalDay(ordinals: number[], anyDay: boolean, words: readonly string[]): Days | undefined {
	const isFirstAlone = !anyDay && ordinals.every((nth) => nth === 1) && words.length > 0
	if (!anyDay && !isFirstAlone) return undefined
	return { dayOfMonth: ordinals.map((nth) => (nth < 0 ? 'L' : String(nth))).join(','), dayOfWeek: '*' }
}

/** The weekdays that are named, “Monday to Friday” included. */
function readWeekdays(meant: readonly Meaning[]): number[] {
	const said = meant.filter(({ kind }) => kind !== 'filler')
	const found = new Set<number>()
	for (const [index, each] of said.entries()) {
		if (each.kind === 'days') for (const day of each.days) found.add(day)
		if (each.kind !== 'day') continue
		found.add(each.day)
		const to = said[index + 2]
		if (said[index + 1]?.kind !== 'range' || to?.kind !== 'day') continue
		for (let day = each.day; day !== to.day; day = (day + 1) % 7) found.add(day)
	}
	return [...found].sort((a, b) => a - b)
}

function formatWeekdays(days: number[]): string {
	if (days.length === 7) return '*'
	return days.join() === '1,2,3,4,5' ? '1-5' : days.join(',')
}
