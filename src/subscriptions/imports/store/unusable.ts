import { sql } from 'kysely'
import type { DatabaseOrTransaction } from '../../../kernel/database.ts'

/** A row that can't be used. `reason`: a key of the string catalogs; `cells`: what stands in it; null where the file has not been gone through for that. */
export type UnusableRow = { number: number; line: number; reason: string | null; cells: string[] | null }

/** In the order of the file: those behind the one of number `after`, up to `limit` of them, or to the one of number `to`. */
export async function selectUnusable(
	db: DatabaseOrTransaction,
	importId: number,
	{ after, limit, to }: { after: number; limit?: number; to?: number },
): Promise<UnusableRow[]> {
	let query = db
		.selectFrom('import_rows')
		.select(['number', 'line', 'reason', 'cells'])
		.where('import_id', '=', importId)
		.where('number', '>', after)
		.where('outcome', '=', 'unusable')
		.orderBy('number')
	if (limit !== undefined) query = query.limit(limit)
	if (to !== undefined) query = query.where('number', '<=', to)
	return query.execute()
}

export async function setCells(
	tx: DatabaseOrTransaction,
	importId: number,
	rows: ReadonlyArray<Pick<UnusableRow, 'number' | 'cells'>>,
): Promise<void> {
	if (rows.length === 0) return
	const given = JSON.stringify(rows.map(({ number, cells }) => ({ number, cells })))
	await sql`
		update import_rows r set cells = n.cells
		from jsonb_to_recordset(${given}::jsonb) n (number int, cells jsonb)
		where r.import_id = ${importId} and r.number = n.number`.execute(tx)
}
