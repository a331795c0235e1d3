import type { DateOrder } from './file-shape.ts'

const dayMs = 86_400_000
/** Spreadsheets count days from here, with a leap day too many in 1900 (ECMA-376, 18.17.4.1). */
const serialZero = Date.UTC(1899, 11, 30)

/**
 * A day or moment as tables have it: ISO 8601, `2026-10-14 08:30:00`, `14/10/2026`, `14.10.2026`, `10/14/2026 8:30 PM`, the
 * serial number of a spreadsheet. Without a zone it is taken for UTC. Undefined where it is none, or not of the years since 1990.
 */
export function readDate(text: string, order: DateOrder): Date | undefined {
	const found = fromIso(text) ?? fromSlashes(text, order) ?? fromSerial(text)
	const year = found?.getUTCFullYear() ?? 0
	return found && year >= 1990 && year < 2100 ? found : undefined
}

function fromIso(text: string): Date | undefined {
	const parts = text.match(
		/^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?)? ?(Z|UTC|GMT|[+-]\d{2}:?\d{2})?$/i,
	)
	if (!parts) return undefined
	const [, year, month, day, hours, minutes, seconds, zone] = parts
	const local = moment([year, month, day], [hours, minutes, seconds])
	return local && new Date(local.getTime() - offsetMs(zone))
}

function fromSlashes(text: string, order: DateOrder): Date | undefined {
	const parts = text.match(
		/^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:,?[T ]+(\d{1,2}):(\d{2})(?::(\d{2}))?(?: ?([ap])\.?m\.?)?)?$/i,
	)
	if (!parts) return undefined
	const [, first, second, year, hours, minutes, seconds, half] = parts
	const [day, month] = order === 'day_first' ? [first, second] : [second, first]
	return moment([year, month, day], [half ? hoursOf(Number(hours), half) : hours, minutes, seconds])
}

function hoursOf(hours: number, half: string): string {
	return String((hours % 12) + (half.toLowerCase() === 'p' ? 12 : 0))
}

function fromSerial(text: string): Date | undefined {
	if (!/^\d{5}(?:[.,]\d+)?$/.test(text)) return undefined
	return new Date(serialZero + Math.round(Number(text.replace(',', '.')) * dayMs))
}

type Part = string | undefined

/** Undefined where there is no such day or time: 31 February. */
function moment([year, month, day]: Part[], [hours, minutes, seconds]: Part[]): Date | undefined {
	const made = new Date(
		Date.UTC(
			Number(year),
			Number(month) - 1,
			Number(day),
			Number(hours ?? 0),
			Number(minutes ?? 0),
			0,
			Math.floor(Number(seconds ?? 0) * 1000 + 0.0005),
		),
	)
	const isSo =
		made.getUTCMonth() === Number(month) - 1 &&
		made.getUTCDate() === Number(day) &&
		made.getUTCHours() === Number(hours ?? 0) &&
		made.getUTCMinutes() === Number(minutes ?? 0)
	return isSo ? made : undefined
}

function offsetMs(zone: Part): number {
	const parts = zone?.match(/^([+-])(\d{2}):?(\d{2})$/)
	if (!parts) return 0
	const [, sign, hours, minutes] = parts
	return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000
}
