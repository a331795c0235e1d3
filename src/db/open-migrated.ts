import { sql } from 'kysely'
import { AppError } from '../kernel/app-error.ts'
import type { Log } from '../kernel/log.ts'
import { migrateDatabase } from './migrate-database.ts'
import { type DatabaseLocation, type OpenDatabase, openDatabase } from './open-database.ts'

// as PostgreSQL counts: 15.0
const oldestVersion = 150_000

const firstMigration = '0001-foundation'

/** Opens a database and brings it to this version. Throws an AppError, whose cause says why, where it can't be used. */
export async function openMigrated(at: DatabaseLocation, log: Log): Promise<OpenDatabase> {
	const database = await open(at, log)
	try {
		if (database.kind === 'postgres') await checkServer(database)
		const ran = await migrateDatabase(database).catch((error: unknown) => {
			throw database.kind === 'pglite' ? error : trouble('errors.database.migration', error)
		})
		// at a first start that says nothing new
		if (ran.length > 0 && !ran.includes(firstMigration))
			log.info({ migrations: ran }, 'the database was migrated')
		return database
	} catch (error) {
		await database.close().catch(() => {})
		throw error instanceof AppError || !('folder' in at) ? error : embeddedTrouble(at, error)
	}
}

async function open(at: DatabaseLocation, log: Log): Promise<OpenDatabase> {
	try {
		return await openDatabase(at, (error) =>
			log.warn({ err: error }, 'a connection to the database was lost'),
		)
	} catch (error) {
		throw 'folder' in at ? embeddedTrouble(at, error) : trouble('errors.database.refused', error)
	}
}

async function checkServer({ db }: OpenDatabase): Promise<void> {
	const found = await sql<{ number: number; version: string }>`
		select current_setting('server_version_num')::int as number, current_setting('server_version') as version`
		.execute(db)
		.catch((error: unknown) => {
			throw trouble(isRefusal(error) ? 'errors.database.refused' : 'errors.database.down', error)
		})
	const [{ number, version } = { number: 0, version: '' }] = found.rows
	if (number < oldestVersion) {
		throw new AppError('unavailable', 'errors.database.too_old', { params: { version } })
	}
}

/** Classes 28 and 3D: who may come in, and to which database. */
function isRefusal(error: unknown): boolean {
	const { code } = error as { code?: unknown }
	return typeof code === 'string' && /^(?:28|3D)/.test(code)
}

function trouble(message: string, cause: unknown): AppError {
	return new AppError('unavailable', message, { cause })
}

function embeddedTrouble({ folder = '' }: { folder?: string | undefined }, cause: unknown): AppError {
	return new AppError('unavailable', 'errors.database.embedded', { params: { folder }, cause })
}
