import { scaleLinear } from 'd3-scale'
import type { Locale } from '../../../kernel/messages.ts'
import type { ActiveMonth } from '../../../subscriptions/index.ts'

/** Areas on top of each other, the language that most read at the bottom; each with its upper edge. */
export type GrowthChart = {
	width: number
	height: number
	areas: Array<{ locale: Locale; points: string; edge: string }>
}

const size = { width: 480, height: 160 }

/** Stretched to the width of the page; the scale begins at zero, and the highest month has a little air above it. */
export function drawGrowth(months: readonly ActiveMonth[]): GrowthChart {
	const locales = Object.keys(months.at(-1)?.byLocale ?? {})
	const sumUpTo = ({ byLocale }: ActiveMonth, index: number) =>
		locales.slice(0, index).reduce((sum, locale) => sum + (byLocale[locale] ?? 0), 0)
	const most = Math.max(1, ...months.map((month) => sumUpTo(month, locales.length)))
	const x = scaleLinear([0, Math.max(1, months.length - 1)], [0, size.width])
	const y = scaleLinear([0, most * 1.05], [size.height, 0])
	const edgeAt = (index: number) =>
		months.map((month, at) => `${Math.round(x(at))},${y(sumUpTo(month, index)).toFixed(1)}`)
	return {
		...size,
		areas: locales.map((locale, index) => ({
			locale,
			points: [...edgeAt(index + 1), ...edgeAt(index).toReversed()].join(' '),
			edge: edgeAt(index + 1).join(' '),
		})),
	}
}
