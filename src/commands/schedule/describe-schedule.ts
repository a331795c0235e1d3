import { nextOccurrence } from '../../kernel/cron.ts'
import type { CommandContext } from '../command-context.ts'

type Schedule = { cron: string; timeZone: string }
type Context = Pick<CommandContext, 't' | 'locale'>

/** “every Monday 9:00; next: Monday 30 November 2026, 9:00 (America/Toronto)”. */
export function describeSchedule(schedule: Schedule, now: Date, context: Context): string {
	const next = nextOccurrence(schedule, now)
	const { t, locale } = context
	return t('schedule.with_next', {
		schedule: describeCron(schedule.cron, context),
		next: formatMoment(next, schedule.timeZone, locale, t),
		timeZone: schedule.timeZone,
	})
}

/** A cron pattern in words, in a form that is read back as well; the pattern itself where there are no words for it. */
export function describeCron(cron: string, context: Context): string {
	const [minute = '', hour = '', dayOfMonth = '', month = '', dayOfWeek = ''] = cron.trim().split(/\s+/)
	const times = describeTimes(minute, hour, context)
	const days = month === '*' ? describeDays(dayOfMonth, dayOfWeek, context) : undefined
	return times && days ? `${days} ${times}` : cron
}

function describeTimes(minute: string, hour: string, { t, locale }: Context): string | undefined {
	if (!/^\d{1,2}$/.test(minute) || !/^\d{1,2}(?:,\d{1,2})*$/.test(hour)) return undefined
	return listOf(
		hour.split(',').map((each) => formatTime(Number(each), Number(minute), t)),
		locale,
	)
}

function formatTime(hour: number, minute: number, t: CommandContext['t']): string {
	return t(minute === 0 ? 'schedule.full_hour' : 'schedule.time', {
		hour,
		minute: String(minute).padStart(2, '0'),
	})
}

function describeDays(dayOfMonth: string, dayOfWeek: string, { t, locale }: Context): string | undefined {
	if (dayOfMonth === '*') return describeWeekdays(dayOfWeek, { t, locale })
	if (dayOfWeek !== '*') return undefined
	if (dayOfMonth === 'L') return t('schedule.last_day')
	if (!/^\d{1,2}(?:,\d{1,2})*$/.test(dayOfMonth)) return undefined
	const days = dayOfMonth.split(',').map((day) => t('schedule.day_of_month', { day: Number(day) }))
	return t('schedule.days_of_month', { days: listOf(days, locale) })
}

function describeWeekdays(pattern: string, { t, locale }: Context): string | undefined {
	const [, one, nth] = /^([0-7])(?:#([1-4])|L)$/.exec(pattern) ?? []
	if (one !== undefined) {
		return t('schedule.nth_weekday', { nth: nth ?? 'last', day: nameOfDay(Number(one), locale) })
	}
	const days = parseWeekdays(pattern)
	if (!days) return undefined
	if (days.length === 7) return t('schedule.every_day')
	if (days.join() === '1,2,3,4,5') return t('schedule.workdays')
	return t('schedule.weekdays', {
		days: listOf(
			days.map((day) => nameOfDay(day, locale)),
			locale,
		),
	})
}

const shortNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

/** `1`, `mon`, `1,4`, `1-5`, `*`: the days by number, Monday first and Sunday last. */
function parseWeekdays(pattern: string): number[] | undefined {
	if (pattern === '*') return [1, 2, 3, 4, 5, 6, 0]
	const found = new Set<number>()
	for (const part of pattern.toLowerCase().split(',')) {
		const [first, last = first] = part.split('-').map(toDay)
		if (first === undefined || last === undefined) return undefined
		for (let day = first; day !== last; day = (day + 1) % 7) found.add(day)
		found.add(last)
	}
	return [...found].sort((a, b) => ((a + 6) % 7) - ((b + 6) % 7))
}

function toDay(text: string): number | undefined {
	if (/^[0-7]$/.test(text)) return Number(text) % 7
	const named = shortNames.indexOf(text)
	return named < 0 ? undefined : named
}

// 4 January 1970 was a Sunday
const nameOfDay = (day: number, locale: string) =>
	new Intl.DateTimeFormat(locale, { weekday: 'long', timeZone: 'UTC' }).format(Date.UTC(1970, 0, 4 + day))

const listOf = (items: readonly string[], locale: string) =>
	new Intl.ListFormat(locale, { type: 'conjunction' }).format(items)

/** “Monday 30 November 2026, 9:00”, in the order of both languages. */
function formatMoment(at: Date, timeZone: string, locale: string, t: CommandContext['t']): string {
	const options = { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' } as const
	const parts = new Intl.DateTimeFormat(locale, {
		...options,
		hour: 'numeric',
		minute: 'numeric',
		hourCycle: 'h23',
		timeZone,
	}).formatToParts(at)
	const part = (type: string) => parts.find((each) => each.type === type)?.value ?? ''
	const date = t('schedule.date', {
		weekday: part('weekday'),
		day: Number(part('day')),
		month: part('month'),
		year: part('year'),
	})
	return `${date}, ${formatTime(Number(part('hour')), Number(part('minute')), t)}`
}
