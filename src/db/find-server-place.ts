import { sql } from 'kysely'
import type { Database } from '../kernel/database.ts'

/**
 * What makes a database of a PostgreSQL server another one than a copy of it: the server's own identifier, which it
 * got from initdb and hands on to its replicas, and the numbers of database and table, which a dump does not hold.
 */
export async function findServerPlace(db: Database): Promise<string> {
	const { rows } = await sql<{ database: string; table: string; may: boolean }>`
		select d.oid::text as database, 'installation'::regclass::oid::text as table,
			has_function_privilege('pg_control_system()', 'execute') as may
		from pg_database d where d.datname = current_database()`.execute(db)
	const [found] = rows
	if (!found) throw new Error('the database does not say where it is')
	return `postgres:${found.may ? await findServer(db) : 'unknown'}/${found.database}/${found.table}`
}

async function findServer(db: Database): Promise<string> {
	const { rows } = await sql<{
		id: string
	}>`select system_identifier::text as id from pg_control_system()`.execute(db)
	return rows[0]?.id ?? 'unknown'
}
