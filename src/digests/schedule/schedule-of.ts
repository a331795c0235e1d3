import type { Rhythm } from '../../kernel/enumerations.ts'
import type { Newsletter, Schedule } from '../../newsletters/index.ts'

/** When digests of a kind are sent by themselves; a round-up keeps to the quiet hours of the others. */
export function scheduleOf({ schedule, roundUp }: Newsletter, kind: Rhythm): Schedule | null {
	if (kind === 'each') return schedule
	return roundUp && { ...schedule, cron: roundUp.cron, timeZone: roundUp.timeZone }
}

/** Whether a draft of the schedule may go out by itself, as far as the schedule as it is now has it. */
export function letsDraftsGo(schedule: Schedule | null): boolean {
	return schedule !== null && schedule.draftFirst?.sendAt !== null
}

/** What a scheduled digest is known by: one for each occurrence, and for each kind that comes up then. */
export function keyOf(kind: Rhythm, occurrence: Date): string {
	return kind === 'each' ? occurrence.toISOString() : `${kind} ${occurrence.toISOString()}`
}
