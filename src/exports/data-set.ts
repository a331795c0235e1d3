import type { Database } from '../kernel/database.ts'

/** What a cell of an exported table holds: JSON has it as it is, CSV as text. */
export type Cell =
	| string
	| number
	| boolean
	| Date
	| null
	| readonly string[]
	| readonly number[]
	| Readonly<Record<string, unknown>>

/** Of which newsletter; `allSuppressions`: with addresses that are none of its readers'. */
export type ExportScope = { newsletterId: number; allSuppressions: boolean }

/** A table of a newsletter that leaves the house as a file. `read` gives its rows part by part, cells in the order of the columns. */
export type DataSet = {
	columns: readonly string[]
	read(db: Database, scope: ExportScope): AsyncIterable<ReadonlyArray<readonly Cell[]>>
}
