import type { Schedule } from '../../newsletters/index.ts'

const minuteMs = 60_000
const dayMinutes = 1_440

/** Whether a schedule keeps quiet at a moment. Hours that end before they begin go over midnight. */
export function isQuiet({ quietHours, timeZone }: Schedule, at: Date): boolean {
	if (!quietHours) return false
	const from = toMinutes(quietHours.from)
	const minute = minuteOfDay(at, timeZone)
	const sinceFrom = (minute - from + dayMinutes) % dayMinutes
	return sinceFrom < (toMinutes(quietHours.to) - from + dayMinutes) % dayMinutes
}

/** From when on a digest counts as late: its occurrence, or the end of the quiet hours that this fell into. */
export function dueFrom(schedule: Schedule, occurrence: Date): Date {
	if (!schedule.quietHours || !isQuiet(schedule, occurrence)) return occurrence
	const minute = minuteOfDay(occurrence, schedule.timeZone)
	const left = (toMinutes(schedule.quietHours.to) - minute + dayMinutes) % dayMinutes
	return new Date(occurrence.getTime() + left * minuteMs)
}

function toMinutes(time: string): number {
	const [hours = 0, minutes = 0] = time.split(':').map(Number)
	return hours * 60 + minutes
}

function minuteOfDay(at: Date, timeZone: string): number {
	const format = new Intl.DateTimeFormat('en-GB', {
		timeZone,
		hour: '2-digit',
		minute: '2-digit',
		hourCycle: 'h23',
	})
	return toMinutes(format.format(at))
}
