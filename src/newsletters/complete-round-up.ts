import { invalidField } from '../kernel/app-error.ts'
import type { RoundUp, Schedule } from './newsletter.ts'

const usualStoryLimit = 12

/**
 * A round-up: what is given of it, else what stood there, else what is usual. Throws `invalid` where its time is missing, or
 * its time zone where there is no schedule to take it from.
 */
export function completeRoundUp(
	given: { [Key in keyof RoundUp]?: RoundUp[Key] | undefined },
	before: RoundUp | null,
	schedule: Schedule | null,
): RoundUp {
	const cron = given.cron ?? before?.cron
	const timeZone = given.timeZone ?? before?.timeZone ?? schedule?.timeZone
	if (cron === undefined) throw invalidField('roundUp.cron', 'errors.field.required')
	if (timeZone === undefined) throw invalidField('roundUp.timeZone', 'errors.field.required')
	return { cron, timeZone, storyLimit: given.storyLimit ?? before?.storyLimit ?? usualStoryLimit }
}
