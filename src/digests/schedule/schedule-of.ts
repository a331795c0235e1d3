import type { Rhythm } from '../../kernel/enumerations.ts'
import type { Newsletter, Schedule } from '../../newsletters/index.ts'

/** When digests of a kind are sent by themselves; a round-up keeps to the quiet hours of the others. */
export function scheduleOf({ schedule, roundUp }: Newsletter, kind: Rhythm): Schedule | null {
	if (kind === 'each') return schedule
	return roundUp && { ...schedule, cron: roundUp.cron, timeZone: roundUp.timeZone }
}

/** What a scheduled digest is known by: one for each occurrence, and for each kind that comes up then. */
export function keyOf(kind: Rhythm, occurrence: Date): string {
	return kind === 'each' ? occurrence.toISOString() : `${kind} ${occurrence.toISOString()}`
}
