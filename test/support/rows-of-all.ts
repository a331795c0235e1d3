import { sql } from 'kysely'
import type { Database } from '../../src/kernel/database.ts'

/**
 * Every row of every table, in the order of their text, to be compared with what is there later. Left out is what changes by
 * itself: when a key was used, and the number by which a copy of the database is told from it.
 */
export async function rowsOfAll(db: Database): Promise<Record<string, string[]>> {
	const tables = await sql<{ name: string }>`select table_name as name from information_schema.tables
		where table_schema = 'public' and table_type = 'BASE TABLE' order by 1`.execute(db)
	const each = tables.rows.map(
		({ name }) => sql`select ${name}::text as name, coalesce(array_agg(row order by row), '{}') as rows
			from (select (to_jsonb(t) - 'last_used_at' - 'generation')::text as row from ${sql.table(name)} t) r`,
	)
	const found = await sql<{ name: string; rows: string[] }>`${sql.join(each, sql` union all `)}`.execute(db)
	return Object.fromEntries(found.rows.map(({ name, rows }) => [name, rows]))
}
