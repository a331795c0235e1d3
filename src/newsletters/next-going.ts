import { latestOccurrence, nextOccurrence } from '../kernel/cron.ts'
import type { Schedule } from './newsletter.ts'

type Going = Pick<Schedule, 'cron' | 'timeZone' | 'draftFirst'>

/**
 * When a digest goes out by itself that an occurrence of the schedule makes: at once, or where a draft comes first when clocks
 * next show its time. Null where it waits for somebody to send it.
 */
export function goingOf({ timeZone, draftFirst }: Going, occurrence: Date): Date | null {
	if (!draftFirst) return occurrence
	if (draftFirst.sendAt === null) return null
	const [hour, minute] = draftFirst.sendAt.split(':').map(Number)
	return nextOccurrence({ cron: `${minute} ${hour} * * *`, timeZone }, occurrence)
}

/** When the next digest goes out by itself; null where none does. */
export function nextGoing(schedule: Going, now: Date): Date | null {
	const waiting = schedule.draftFirst && goingOf(schedule, latestOccurrence(schedule, now))
	return waiting && waiting > now ? waiting : goingOf(schedule, nextOccurrence(schedule, now))
}
