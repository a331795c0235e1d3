import type { DatabaseOrTransaction } from '../kernel/database.ts'

export type AuditEntry = { actor: string; action: string; subject: string; detail?: string; at: Date }

export async function insertAuditEntry(db: DatabaseOrTransaction, entry: AuditEntry): Promise<void> {
	await db.insertInto('audit_entries').values(entry).execute()
}

export async function deleteEntriesBefore(db: DatabaseOrTransaction, before: Date): Promise<number> {
	const { numDeletedRows } = await db.deleteFrom('audit_entries').where('at', '<', before).executeTakeFirst()
	return Number(numDeletedRows)
}
