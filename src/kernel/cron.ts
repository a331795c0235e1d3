import { CronExpressionParser } from 'cron-parser'
import { firstMomentOf, furthestShown, type WallTime } from './wall-clock.ts'

/** A cron pattern, and the zone in whose time it is meant. */
export type Repetition = { cron: string; timeZone: string }

/** Whether a text is a cron pattern of five fields (minute, hour, day of month, month, day of week) that ever comes up. */
export function isCronPattern(pattern: string): boolean {
	if (pattern.trim().split(/\s+/).length !== 5) return false
	try {
		CronExpressionParser.parse(pattern, { tz: 'UTC' }).next()
		return true
	} catch {
		return false
	}
}

/**
 * When a pattern last came up in its time zone, `now` included; a second's difference between clocks is forgiven. What
 * clocks show twice comes up at the first time only, and what they leave out at the first moment after.
 */
export function latestOccurrence({ cron, timeZone }: Repetition, now: Date): Date {
	const { wall } = furthestShown(timeZone, now.getTime() + 1_000)
	return new Date(firstMomentOf(timeZone, parse(cron, wall).prev().getTime()))
}

/** When a pattern first comes up after a moment. Changes of clocks count as for `latestOccurrence`. */
export function nextOccurrence({ cron, timeZone }: Repetition, after: Date): Date {
	const { wall, shown } = furthestShown(timeZone, after.getTime())
	return new Date(
		firstMomentOf(
			timeZone,
			parse(cron, shown ? wall : wall - 1)
				.next()
				.getTime(),
		),
	)
}

/** UTC has no change of clocks, so that the pattern is compared with what stands on the wall. */
function parse(cron: string, wall: WallTime) {
	return CronExpressionParser.parse(cron, { tz: 'UTC', currentDate: new Date(wall) })
}
