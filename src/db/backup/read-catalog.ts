import { sql } from 'kysely'
import type { DatabaseOrTransaction } from '../../kernel/database.ts'

export type TableShape = { name: string; columns: string[] }

/** Our tables with their columns but those that are computed, in the order of their names; neither Kysely's own nor BullMQ's. */
export async function readTables(db: DatabaseOrTransaction): Promise<TableShape[]> {
	const { rows } = await sql<TableShape>`
		select c.relname as name, array_agg(a.attname::text order by a.attnum) as columns
		from pg_class c join pg_attribute a on a.attrelid = c.oid
		where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
			and c.relname not in ('kysely_migration', 'kysely_migration_lock')
			and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
		group by c.relname order by c.relname`.execute(db)
	return rows
}

/** A part of a table that is kept in parts: its name, the table, and what is in it, as SQL says that. */
export type Partition = { name: string; of: string; bound: string }

export async function readPartitions(db: DatabaseOrTransaction): Promise<Partition[]> {
	const { rows } = await sql<Partition>`
		select c.relname as name, p.relname as of, pg_get_expr(c.relpartbound, c.oid) as bound
		from pg_class c join pg_inherits i on i.inhrelid = c.oid join pg_class p on p.oid = i.inhparent
		where c.relnamespace = current_schema()::regnamespace and c.relispartition and c.relkind = 'r'
		order by c.oid`.execute(db)
	return rows
}

/** The next value of each sequence of ours. */
export async function readSequences(db: DatabaseOrTransaction): Promise<Record<string, number>> {
	const { rows } = await sql<{ name: string; next: number }>`
		select sequencename as name, coalesce(last_value + increment_by, start_value) as next
		from pg_sequences where schemaname = current_schema()`.execute(db)
	return Object.fromEntries(rows.map(({ name, next }) => [name, next]))
}

export async function readMigrationNames(db: DatabaseOrTransaction): Promise<string[]> {
	const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db)
	return rows.map(({ name }) => name)
}

/** How many bytes the largest row has in the database, where long values are compressed; 0 where there is none. */
export async function readLargestRow(db: DatabaseOrTransaction, table: string): Promise<number> {
	const { rows } = await sql<{ bytes: number | null }>`
		select max(pg_column_size(t)) as bytes from ${sql.table(table)} t`.execute(db)
	return rows[0]?.bytes ?? 0
}

/** Foreign keys, as statements that make them anew. */
export async function readForeignKeys(
	db: DatabaseOrTransaction,
): Promise<Array<{ table: string; name: string; definition: string }>> {
	const { rows } = await sql<{ table: string; name: string; definition: string }>`
		select r.relname as table, c.conname as name, pg_get_constraintdef(c.oid) as definition
		from pg_constraint c join pg_class r on r.oid = c.conrelid
		where c.contype = 'f' and c.connamespace = current_schema()::regnamespace
		order by r.relname, c.conname`.execute(db)
	return rows
}
