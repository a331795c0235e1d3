import type { Schedule } from '../../newsletters/index.ts'
import { dueFrom } from './quiet-hours.ts'

/** An occurrence that is found later than this, as after a long standstill, is not sent unasked. */
const usualMisfireMinutes = 720

/** Whether what was to go out at a moment comes too late to be sent unasked. */
export function isTooLate(schedule: Schedule, at: Date, now: Date): boolean {
	const lateMinutes = (now.getTime() - dueFrom(schedule, at).getTime()) / 60_000
	return lateMinutes > (schedule.misfireMinutes ?? usualMisfireMinutes)
}
