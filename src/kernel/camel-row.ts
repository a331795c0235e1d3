/** `next_poll_at` → `nextPollAt`. */
type CamelName<Column extends string> = Column extends `${infer First}_${infer Rest}`
	? `${First}${Capitalize<CamelName<Rest>>}`
	: Column

/** A row of a table with the names that code uses: a table's fields are written once, in its type. */
export type CamelRow<Row> = {
	[Column in keyof Row as Column extends string ? CamelName<Column> : never]: Row[Column]
}

/** A row as code knows it. */
export function fromRow<Row extends object>(row: Row): CamelRow<Row> {
	const renamed = Object.entries(row).map(([column, value]) => [
		column.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
		value,
	])
	return Object.fromEntries(renamed)
}

/** Fields as columns of a row, the other way round. */
export function toRow<Row extends object>(fields: CamelRow<Row>): Row {
	const renamed = Object.entries(fields).map(([name, value]) => [
		name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
		value,
	])
	return Object.fromEntries(renamed)
}
