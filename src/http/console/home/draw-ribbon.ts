import { scaleTime } from 'd3-scale'
import type { StoryRow } from '../describe-stories.ts'
import type { Speech } from '../speak-times.ts'

/** The time from the last digest to the next as a line: each story a dot, a label a day. Positions in a width of 720. */
export type Ribbon = {
	dots: Array<{ x: number; isIn: boolean }>
	days: Array<{ x: number; label: string; isLast: boolean }>
	nowX: number
	nowLabel: string
	width: number
}

const width = 720
const margin = 30
const mostDays = 10
const dayMs = 86_400_000

export function drawRibbon({
	from,
	now,
	to,
	stories,
	say,
}: {
	from: Date | null
	now: Date
	to: Date
	stories: readonly StoryRow[]
	say: Speech
}): Ribbon {
	const oldest = Math.min(
		...stories.map(({ publishedAt }) => publishedAt.getTime()),
		now.getTime() - 2 * dayMs,
	)
	const begin = Math.max(from?.getTime() ?? oldest, to.getTime() - 35 * dayMs)
	const scale = scaleTime([new Date(begin), to], [margin, width - margin]).clamp(true)
	const spanDays = (to.getTime() - begin) / dayMs
	const every = Math.max(1, Math.ceil(spanDays / mostDays))
	const days = []
	for (let day = 0; day < spanDays - every / 2; day += every) {
		const at = new Date(begin + day * dayMs)
		days.push({ x: Math.round(scale(at)), label: say.shortWeekday(at), isLast: false })
	}
	days.push({ x: width - margin, label: say.shortWeekday(to), isLast: true })
	return {
		dots: stories.map(({ publishedAt, isIn }) => ({ x: Math.round(scale(publishedAt)), isIn })),
		days,
		nowX: Math.round(scale(now)),
		nowLabel: say.time(now),
		width,
	}
}
