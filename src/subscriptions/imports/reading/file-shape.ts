import type { FileFormat } from '../../../kernel/csv/file-format.ts'
import type { ImportedState } from './imported-reader.ts'

export {
	type FileEncoding,
	type FileSeparator,
	fileEncodings,
	fileSeparators,
} from '../../../kernel/csv/file-format.ts'

/** What a column of a file of readers may hold. */
export const columnMeanings = [
	'address',
	'given_name',
	'language',
	'topics',
	/** Of all topics, those that they don't want. */
	'topics_left_out',
	'rhythm',
	/** Whether they get stories that are missing in their language. */
	'untranslated',
	/** When they joined, or consented. */
	'joined_at',
	/** When they confirmed: what their consent dates from, where both are there. */
	'confirmed_at',
	/** When they left. */
	'left_at',
	/** Until when they take a break. */
	'paused_until',
	/** Until when a consent holds that the law only implies. */
	'consent_until',
	/** Subscribed, unsubscribed, bounced …, in the words of the system that wrote it. */
	'state',
	/** Whether they are subscribed: true, yes, oui, 1. */
	'is_subscribed',
	/** Whether they are unsubscribed or blocked. */
	'is_unsubscribed',
	'left_out',
] as const
export type ColumnMeaning = (typeof columnMeanings)[number]

/** Whether a column holds days that are past, by which their order is judged. */
export function isDay(meaning: ColumnMeaning): boolean {
	return meaning === 'joined_at' || meaning === 'confirmed_at' || meaning === 'left_at'
}

/** Whether a column holds days, past or to come. */
export function holdsDays(meaning: ColumnMeaning): boolean {
	return isDay(meaning) || meaning === 'paused_until' || meaning === 'consent_until'
}

/** Which number comes first where days are written with slashes: 14/10/2026 or 10/14/2026. */
export const dateOrders = ['day_first', 'month_first'] as const
export type DateOrder = (typeof dateOrders)[number]

/** How that is known: by rows; by most of them, while others have it the other way round; as it is usual in a language; by staff. */
export const dateOrderReasons = ['no_dates', 'rows', 'contradictions', 'language', 'staff'] as const

export type OrderOfDates = {
	dateOrder: DateOrder
	dateOrderBy: (typeof dateOrderReasons)[number]
	/** The first line that proves it. */
	dateOrderLine: number | null
}

/** How a file of readers is read. */
export type FileShape = FileFormat &
	OrderOfDates & {
		/** Whether the first row names the columns. */
		hasHeader: boolean
		/** What each column holds; columns beyond these are left out. */
		columns: ColumnMeaning[]
		/** How those stand of whom no column says it. */
		stateOfAll: ImportedState
	}
