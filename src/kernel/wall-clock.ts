import { dateFormat } from './date-format.ts'

/**
 * What the clocks on the walls of a time zone show, as milliseconds that would be that date and hour in UTC: so they can be
 * reckoned with, and know of no change of clocks.
 */
export type WallTime = number

// no zone is further from UTC than 14 hours, and none changes its clocks twice within the time that is looked at
const furthestMs = 15 * 3_600_000

/**
 * When the clocks of a zone first show a time or a later one: in an hour that comes twice the first of the two, in an
 * hour that is left out the first moment after it.
 */
export function firstMomentOf(timeZone: string, wall: WallTime): number {
	const change = findChange(timeZone, wall - furthestMs, wall + furthestMs)
	if (wall < change.at + change.before) return wall - change.before
	return Math.max(change.at, wall - change.after)
}

/** When the clocks of a zone show exactly this time, first; undefined for one that they leave out. */
export function instantOfWall(timeZone: string, wall: WallTime): Date | undefined {
	const at = firstMomentOf(timeZone, wall)
	return at + offsetAt(timeZone, at) === wall ? new Date(at) : undefined
}

/**
 * Up to where a zone's clocks have come at a moment: later times they have not shown yet. `shown`: whether they show, or
 * showed, that very time; not so where they were put back just before it.
 */
export function furthestShown(timeZone: string, at: number): { wall: WallTime; shown: boolean } {
	const now = at + offsetAt(timeZone, at)
	// the longest that clocks were ever put back by is a day, where a date line was moved
	const change = findChange(timeZone, at - 25 * 3_600_000, at)
	const before = change.at + change.before
	return before > now ? { wall: before, shown: false } : { wall: now, shown: true }
}

/** When clocks were changed between two moments, and how far from UTC they were before and after. */
function findChange(
	timeZone: string,
	from: number,
	to: number,
): { at: number; before: number; after: number } {
	const before = offsetAt(timeZone, from)
	const after = offsetAt(timeZone, to)
	if (before === after) return { at: from, before, after }
	let low = from
	let high = to
	while (high - low > 1) {
		const middle = Math.floor((low + high) / 2)
		if (offsetAt(timeZone, middle) === before) low = middle
		else high = middle
	}
	return { at: high, before, after }
}

const wallParts = {
	hourCycle: 'h23',
	year: 'numeric',
	month: 'numeric',
	day: 'numeric',
	hour: 'numeric',
	minute: 'numeric',
	second: 'numeric',
} as const

/** How many milliseconds a zone's clocks are ahead of UTC at a moment. */
function offsetAt(timeZone: string, at: number): number {
	const parts: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {}
	for (const { type, value } of dateFormat('en-US', { timeZone, ...wallParts }).formatToParts(at))
		parts[type] = Number(value)
	const { year = 0, month = 1, day, hour, minute, second } = parts
	const wall = Date.UTC(year, month - 1, day, hour, minute, second)
	return wall - Math.floor(at / 1_000) * 1_000
}
