import { type CommandContext, UsageError } from '../command-context.ts'
import { readNumber } from '../read-argument.ts'
import { readSchedule } from './read-schedule.ts'
import { takeTimes } from './read-times.ts'

type Options = Readonly<Record<string, string | boolean | undefined>>

/**
 * What was said of a schedule, as the API takes its changes: what is not given is left out, and an empty text takes away
 * the schedule, or what is given of it. Undefined where nothing was said. Throws a UsageError.
 */
export function readScheduleOptions(
	{ schedule, timeZone, quietHours, misfireMinutes, draftFirst }: Options,
	t: CommandContext['t'],
): Record<string, unknown> | null | undefined {
	if (schedule === '') return null
	const given: Record<string, unknown> = {}
	if (typeof schedule === 'string') given.cron = readCron(schedule, t)
	if (typeof timeZone === 'string') given.timeZone = timeZone
	if (typeof quietHours === 'string') given.quietHours = readQuietHours(quietHours, t)
	if (typeof misfireMinutes === 'string') {
		given.misfireMinutes = misfireMinutes === '' ? null : readNumber(misfireMinutes, '--misfire-minutes', t)
	}
	if (typeof draftFirst === 'string') given.draftFirst = readDraftFirst(draftFirst, t)
	return Object.keys(given).length > 0 ? given : undefined
}

/** What was said of a round-up, as the API takes it; null where it is to end, undefined where nothing was said. */
export function readRoundUpOptions(
	{ roundUp, roundUpTimeZone, roundUpStories }: Options,
	t: CommandContext['t'],
): Record<string, unknown> | null | undefined {
	if (roundUp === '') return null
	const given: Record<string, unknown> = {}
	if (typeof roundUp === 'string') given.cron = readCron(roundUp, t)
	if (typeof roundUpTimeZone === 'string') given.timeZone = roundUpTimeZone
	if (typeof roundUpStories === 'string') {
		given.storyLimit = readNumber(roundUpStories, '--round-up-stories', t)
	}
	return Object.keys(given).length > 0 ? given : undefined
}

/** The time zone of this machine, for a schedule that is given without one. */
export const ownTimeZone = () => new Intl.DateTimeFormat().resolvedOptions().timeZone

function readCron(schedule: string, t: CommandContext['t']): string {
	const read = readSchedule(schedule)
	if ('cron' in read) return read.cron
	throw new UsageError(t(`schedule.problem.${read.problem}`, { what: schedule }))
}

/** `22:00-07:00`, “10 pm to 7 am”, « de 22 h à 7 h »; null where there are to be none. */
function readQuietHours(text: string, t: CommandContext['t']): { from: string; to: string } | null {
	if (text.trim() === '') return null
	const simple = text.toLowerCase().normalize('NFKD').replace(/\p{M}/gu, '')
	const bare = /^\s*(\d{1,2})\s*(?:-|–|to|a)\s*(\d{1,2})\s*$/.exec(simple)
	const times = bare
		? bare.slice(1).map((hour) => ({ hour: Number(hour), minute: 0 }))
		: takeTimes(simple)?.times
	const [from, to] = times ?? []
	if (!from || !to || times?.length !== 2)
		throw new UsageError(t('schedule.problem.quiet_hours', { what: text }))
	return { from: format(from), to: format(to) }
}

/** A time of day, or “wait”, « attendre »; null where it is to go out at once. */
function readDraftFirst(text: string, t: CommandContext['t']): { sendAt: string | null } | null {
	const simple = text.trim().toLowerCase()
	if (simple === '') return null
	if (/^(?:waits?|attendre|attend)$/.test(simple)) return { sendAt: null }
	const [time, ...others] = takeTimes(simple)?.times ?? []
	if (!time || others.length > 0) throw new UsageError(t('schedule.problem.draft_first', { what: text }))
	return { sendAt: format(time) }
}

const format = ({ hour, minute }: { hour: number; minute: number }) =>
	[hour, minute].map((part) => String(part).padStart(2, '0')).join(':')
