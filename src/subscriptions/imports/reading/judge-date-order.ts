import type { FileRow } from '../../../kernel/csv/parse-cells.ts'
import type { Locale } from '../../../kernel/messages.ts'
import { type DateOrder, dateOrders, type FileShape, isDay, type OrderOfDates } from './file-shape.ts'
import { readDate } from './read-date.ts'
import { remember } from './remember.ts'

const dayMs = 86_400_000

export type JudgeDateOrder = {
	/** Takes a row into account; they come in the order of the file. */
	see(row: FileRow): void
	/** What the rows come to that were seen; `usual`: the order where none of them proves one. */
	verdict(usual: DateOrder): OrderOfDates
}

/**
 * Judges which order the days of a file are written in: by those that are days in one order alone, and where there are none, by
 * those that are past at `now` in one order alone.
 */
export function createJudgeDateOrder(columns: FileShape['columns'], now: Date): JudgeDateOrder {
	const indexes = columns.flatMap((meaning, index) => (isDay(meaning) ? index : []))
	const judge = remember((cell) => judgeCell(cell, now))
	const proofs = { day_first: newProofs(), month_first: newProofs() }
	let hasDoubtful = false
	return {
		see: ({ cells, line }) => {
			for (const index of indexes) {
				const judged = judge(cells[index] ?? '')
				if (!judged) continue
				if (judged === 'doubtful') {
					hasDoubtful = true
					continue
				}
				const proof = proofs[judged.order][judged.by]
				proof.count++
				proof.line ??= line
			}
		},
		verdict: (usual) => {
			const [day, month] = [proofs.day_first, proofs.month_first]
			if (day.days.count > 0 && month.days.count > 0) return of(day.days, month.days, 'contradictions')
			if (day.days.count + month.days.count > 0) return of(day.days, month.days, 'rows')
			if (day.past.count !== month.past.count) return of(day.past, month.past, 'rows')
			const by = hasDoubtful || day.past.count > 0 ? 'language' : 'no_dates'
			return { dateOrder: usual, dateOrderBy: by, dateOrderLine: null }
		},
	}
}

type Proof = { count: number; line: number | null }

function newProofs(): Record<'days' | 'past', Proof> {
	return { days: { count: 0, line: null }, past: { count: 0, line: null } }
}

/** The order that more rows have, the day first where they are as many. */
function of(day: Proof, month: Proof, dateOrderBy: OrderOfDates['dateOrderBy']): OrderOfDates {
	const [dateOrder, { line }] =
		month.count > day.count ? (['month_first', month] as const) : (['day_first', day] as const)
	return { dateOrder, dateOrderBy, dateOrderLine: line }
}

/** What a cell tells of the order; nothing where it is the same day in both, or none. */
function judgeCell(
	cell: string,
	now: Date,
): { order: DateOrder; by: 'days' | 'past' } | 'doubtful' | undefined {
	const alone = onlyOrderOf(cell)
	if (alone) return { order: alone, by: 'days' }
	const [day, month] = [readDate(cell, 'day_first'), readDate(cell, 'month_first')]
	if (!day || !month || day.getTime() === month.getTime()) return undefined
	// it may be tomorrow already elsewhere
	const isPast = (date: Date) => date.getTime() <= now.getTime() + dayMs
	if (isPast(day) === isPast(month)) return 'doubtful'
	return { order: isPast(day) ? 'day_first' : 'month_first', by: 'past' }
}

/** The order that a cell is a day in, where it is none in the other. */
export function onlyOrderOf(cell: string): DateOrder | undefined {
	const possible = dateOrders.filter((order) => readDate(cell, order) !== undefined)
	return possible.length === 1 ? possible[0] : undefined
}

/** The order that days are usually written in, in a language (CLDR); the day first where the year comes first, as in ISO 8601. */
export function usualDateOrder(locale: Locale): DateOrder {
	const parts = new Intl.DateTimeFormat(locale, { dateStyle: 'short' }).formatToParts()
	const first = parts.find(({ type }) => type === 'day' || type === 'month' || type === 'year')
	return first?.type === 'month' ? 'month_first' : 'day_first'
}
