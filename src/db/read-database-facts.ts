import { sql } from 'kysely'
import type { SystemFacts } from '../kernel/system-facts.ts'
import type { OpenDatabase } from './open-database.ts'

/** Version and size of the database, as it says itself. */
export async function readDatabaseFacts({
	db,
	kind,
}: Pick<OpenDatabase, 'db' | 'kind'>): Promise<SystemFacts['database']> {
	const { rows } = await sql<{ version: string; bytes: number }>`
		select current_setting('server_version') as version,
			pg_database_size(current_database())::float8 as bytes`.execute(db)
	const { version = '', bytes = 0 } = rows[0] ?? {}
	return { kind: kind === 'postgres' ? 'postgres' : 'embedded', version, bytes }
}
