import { sql } from 'kysely'
import type { DatabaseOrTransaction } from '../../kernel/database.ts'

/** Whether nobody has worked with the database yet: there are no tables of ours, or no newsletter, person or audit in them. */
export async function isEmpty(db: DatabaseOrTransaction): Promise<boolean> {
	const { rows } = await sql<{ made: boolean }>`
		select to_regclass('newsletters') is not null as made`.execute(db)
	if (!rows[0]?.made) return true
	const found = await sql<{ used: boolean }>`select exists (select from newsletters)
		or exists (select from subscribers) or exists (select from audit_entries) as used`.execute(db)
	return !found.rows[0]?.used
}

const made = /^create (?:unlogged |or replace )?(table|function|type) (?:if not exists )?(\w+)/gm

/**
 * Drops what the migrations make, given as their texts, and the jobs of the queue: another program's tables in the same database
 * stay. Nothing is dropped where Envoi was never in it, so that a name that is taken stops the restoring.
 */
export async function clearDatabase(db: DatabaseOrTransaction, migrations: Iterable<string>): Promise<void> {
	const { rows } = await sql<{ ours: boolean }>`select to_regclass('installation') is not null
		and to_regclass('kysely_migration') is not null as ours`.execute(db)
	if (rows[0]?.ours) {
		const names = { table: new Set<string>(), function: new Set<string>(), type: new Set<string>() }
		for (const text of migrations) {
			for (const [, kind = 'table', name = ''] of text.matchAll(made))
				names[kind as keyof typeof names].add(name)
		}
		await sql`drop schema if exists bullmq cascade`.execute(db)
		for (const name of names.table) await sql`drop table if exists ${sql.table(name)} cascade`.execute(db)
		for (const name of names.function) await sql`drop function if exists ${sql.ref(name)} cascade`.execute(db)
		for (const name of names.type) await sql`drop type if exists ${sql.ref(name)} cascade`.execute(db)
	}
	await sql`create table if not exists kysely_migration
		(name varchar(255) not null primary key, timestamp varchar(255) not null)`.execute(db)
	await sql`delete from kysely_migration`.execute(db)
}
