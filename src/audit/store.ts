import type { DatabaseOrTransaction } from '../kernel/database.ts'
import type { AuditChange } from '../kernel/tables/operation.ts'

export type AuditEntry = {
	actor: string
	action: string
	subject: string
	detail?: string | null
	at: Date
}

/** `changes` as JSON. */
export async function insertAuditEntry(
	db: DatabaseOrTransaction,
	entry: AuditEntry & { changes: string | null },
): Promise<void> {
	await db.insertInto('audit_entries').values(entry).execute()
}

/** The newest first; only those of an actor, whose subject begins so, or is `of`, or that were written before the entry `before`. */
export async function selectAuditEntries(
	db: DatabaseOrTransaction,
	{
		actor,
		subject,
		of,
		before,
		limit,
	}: {
		actor?: string | undefined
		subject?: string | undefined
		of?: string | undefined
		before?: number | undefined
		limit: number
	},
): Promise<Array<AuditEntry & { id: number; detail: string | null; changes: AuditChange[] | null }>> {
	let query = db
		.selectFrom('audit_entries')
		.select(['id', 'actor', 'action', 'subject', 'detail', 'changes', 'at'])
		.orderBy('id', 'desc')
		.limit(limit)
	if (actor !== undefined) query = query.where('actor', '=', actor)
	if (subject) query = query.where('subject', 'like', `${subject.replace(/[\\%_]/g, '\\$&')}%`)
	if (of !== undefined) query = query.where('subject', '=', of)
	if (before !== undefined) query = query.where('id', '<', before)
	return query.execute()
}

/** Whether anybody has done this to it, as far back as the log goes. */
export async function hasEntry(
	db: DatabaseOrTransaction,
	{ action, subject }: Pick<AuditEntry, 'action' | 'subject'>,
): Promise<boolean> {
	const found = await db
		.selectFrom('audit_entries')
		.select('id')
		.where('action', '=', action)
		.where('subject', '=', subject)
		.limit(1)
		.executeTakeFirst()
	return found !== undefined
}

export async function deleteEntriesBefore(db: DatabaseOrTransaction, before: Date): Promise<number> {
	const { numDeletedRows } = await db.deleteFrom('audit_entries').where('at', '<', before).executeTakeFirst()
	return Number(numDeletedRows)
}
