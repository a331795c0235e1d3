import type { FileRow } from '../../src/kernel/csv/parse-cells.ts'
import { readRows } from '../../src/kernel/csv/read-rows.ts'

/** Every row of a table at once. */
export async function allRows(...table: Parameters<typeof readRows>): Promise<FileRow[]> {
	const rows: FileRow[] = []
	for await (const some of readRows(...table)) rows.push(...some)
	return rows
}
