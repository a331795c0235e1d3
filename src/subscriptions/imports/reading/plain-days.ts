import { type FileShape, holdsDays } from './file-shape.ts'
import { readDate } from './read-date.ts'

/**
 * Gives what writes the days of a row as in ISO 8601 where the other order makes other days of them: the rows that prove the order
 * need not be in the table that they come into.
 */
export function createPlainDays({
	columns,
	dateOrder,
}: Pick<FileShape, 'columns' | 'dateOrder'>): (cells: readonly string[]) => string[] {
	const other = dateOrder === 'day_first' ? 'month_first' : 'day_first'
	const plain = (cell: string) => {
		const [meant, mistaken] = [readDate(cell, dateOrder), readDate(cell, other)]
		if (!meant || !mistaken || meant.getTime() === mistaken.getTime()) return cell
		return meant.toISOString().replace(/T00:00:00\.000Z$/, '')
	}
	const areDays = columns.map(holdsDays)
	return (cells) => cells.map((cell, index) => (areDays[index] ? plain(cell) : cell))
}
