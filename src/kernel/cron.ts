import { CronExpressionParser } from 'cron-parser'

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

/** When a pattern last came up in its time zone, `now` included; a second's difference between clocks is forgiven. */
export function latestOccurrence({ cron, timeZone }: { cron: string; timeZone: string }, now: Date): Date {
	const currentDate = new Date(now.getTime() + 1_000)
	return CronExpressionParser.parse(cron, { tz: timeZone, currentDate }).prev().toDate()
}
