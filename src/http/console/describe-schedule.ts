import type { Locale, Messages } from '../../kernel/messages.ts'
import type { Schedule } from '../../newsletters/index.ts'
import { nameZone } from './name-zone.ts'
import { speakTimes } from './speak-times.ts'

/** A schedule in words: “every Thursday at 07:00, Montréal time”; a pattern that has none stays a pattern. */
export function describeSchedule(messages: Messages, locale: Locale, { cron, timeZone }: Schedule): string {
	const say = speakTimes(messages, locale, 'UTC')
	const [minute = '', hour = '', dayOfMonth = '', month = '', dayOfWeek = ''] = cron.trim().split(/\s+/)
	const t = (key: string, params = {}) => messages.text(locale, `console.schedule.${key}`, params)
	const zone = nameZone(messages, locale, timeZone)
	const isPlain = /^\d+$/.test(minute) && /^\d+$/.test(hour) && month === '*'
	if (!isPlain) return t('pattern', { cron, zone })
	const time = say.time(new Date(Date.UTC(2026, 0, 4, Number(hour), Number(minute))))
	if (dayOfMonth === '*' && dayOfWeek === '*') return t('daily', { time, zone })
	const weekdays = readWeekdays(dayOfWeek)
	if (dayOfMonth === '*' && weekdays) {
		const names = new Intl.DateTimeFormat(locale, { weekday: 'long', timeZone: 'UTC' })
		// the fourth of January 2026 is a Sunday
		const days = weekdays.map((day) => names.format(new Date(Date.UTC(2026, 0, 4 + day))))
		const list = new Intl.ListFormat(locale, { type: 'conjunction' }).format(days)
		return t(days.length === 1 ? 'weekly' : 'weekdays', { days: list, time, zone })
	}
	if (dayOfWeek === '*' && /^\d+$/.test(dayOfMonth))
		return t('monthly', { day: Number(dayOfMonth), time, zone })
	return t('pattern', { cron, zone })
}

/** What a newsletter's schedule does, in a sentence or two: it goes out at once, or a draft comes first. */
export function describeGoing(messages: Messages, locale: Locale, schedule: Schedule): string {
	const when = describeSchedule(messages, locale, schedule)
	const t = (key: string, params: Record<string, string>) =>
		messages.text(locale, `console.home.${key}`, params)
	if (!schedule.draftFirst) return t('schedule', { schedule: when })
	const { sendAt } = schedule.draftFirst
	if (sendAt === null) return t('schedule_waits', { schedule: when })
	const [hour, minute] = sendAt.split(':').map(Number)
	const time = speakTimes(messages, locale, 'UTC').time(new Date(Date.UTC(2026, 0, 4, hour, minute)))
	return t('schedule_then_send', { schedule: when, time })
}

/** `1`, `1,4` or `1-5` as numbers from Sunday on; undefined for what is none of these. */
function readWeekdays(field: string): number[] | undefined {
	const range = /^(\d)-(\d)$/.exec(field)
	if (range) {
		const [first, last] = [Number(range[1]), Number(range[2])]
		return Array.from({ length: last - first + 1 }, (_, index) => (first + index) % 7)
	}
	if (!/^\d(?:,\d)*$/.test(field)) return undefined
	return field.split(',').map((day) => Number(day) % 7)
}
