import { sql } from 'kysely'
import type { DatabaseOrTransaction } from '../../../kernel/database.ts'

export async function insertFilePart(
	tx: DatabaseOrTransaction,
	{ importId, part, bytes }: { importId: number; part: number; bytes: Buffer },
): Promise<void> {
	await tx.insertInto('import_file_parts').values({ import_id: importId, part, bytes }).execute()
}

/** The file as it was sent, a piece at a time; nothing where it was pruned. */
export async function* readFileParts(db: DatabaseOrTransaction, importId: number): AsyncGenerator<Buffer> {
	for (let part = 0; ; part++) {
		const row = await db
			.selectFrom('import_file_parts')
			.select('bytes')
			.where('import_id', '=', importId)
			.where('part', '=', part)
			.executeTakeFirst()
		if (!row) return
		// an embedded database gives plain arrays
		yield Buffer.from(row.bytes)
	}
}

export async function hasFile(db: DatabaseOrTransaction, importId: number): Promise<boolean> {
	const part = await db
		.selectFrom('import_file_parts')
		.select('part')
		.where('import_id', '=', importId)
		.where('part', '=', 0)
		.executeTakeFirst()
	return part !== undefined
}

export async function deleteFileParts(tx: DatabaseOrTransaction, importId: number): Promise<void> {
	await tx.deleteFrom('import_file_parts').where('import_id', '=', importId).execute()
}

/** Drops the files of imports that were not begun, and the rows of those that are over, since a time. Gives how many imports. */
export async function deleteFilesBefore(db: DatabaseOrTransaction, before: Date): Promise<number> {
	const { rows } = await sql<{ id: number }>`
		select id from imports i
		where coalesce(undone_at, finished_at, checked_at, created_at) < ${before}
			and state not in ('checking', 'running', 'undoing')
			and (exists (select from import_rows r where r.import_id = i.id)
				or exists (select from import_file_parts f where f.import_id = i.id))
		order by id`.execute(db)
	for (const { id } of rows) {
		await deleteFileParts(db, id)
		await db.deleteFrom('import_rows').where('import_id', '=', id).execute()
		await db.updateTable('imports').set({ headings: null }).where('id', '=', id).execute()
	}
	return rows.length
}
