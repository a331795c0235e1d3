import { readdir, readFile } from 'node:fs/promises'
import { runMigrations } from 'bullmq'
import { sql } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import type { OpenDatabase } from './open-database.ts'

const folder = new URL('./migrations/', import.meta.url)

/**
 * Brings the database to this version: our tables (Kysely holds an advisory lock meanwhile, so that several
 * processes may start at once) and those of BullMQ. Gives the names of the migrations it ran.
 */
export async function migrateDatabase(database: OpenDatabase): Promise<string[]> {
	const texts = await readMigrations()
	const ran = (await hasRunAll(database, [...texts.keys()])) ? [] : await migrateTables(database, texts)
	await migrateQueues(database)
	return ran
}

/** Asked before the migrator is, which looks at every column there is: a third of a second of each start. */
async function hasRunAll({ db }: OpenDatabase, names: readonly string[]): Promise<boolean> {
	const { rows } = await sql<{
		made: boolean
	}>`select to_regclass('kysely_migration') is not null as made`.execute(db)
	if (!rows[0]?.made) return false
	const ran = await sql<{ name: string }>`select name from kysely_migration`.execute(db)
	// one that this version does not know is the migrator's to refuse
	return ran.rows.length === names.length && ran.rows.every(({ name }) => names.includes(name))
}

async function migrateTables({ db }: OpenDatabase, texts: ReadonlyMap<string, string>): Promise<string[]> {
	const migrations: Record<string, Migration> = {}
	for (const [name, text] of texts) {
		migrations[name] = { up: async (db) => void (await sql.raw(text).execute(db)) }
	}
	const provider = { getMigrations: async () => migrations }
	const { error, results } = await new Migrator({ db, provider }).migrateToLatest()
	if (error) throw error
	return (results ?? [])
		.filter(({ status }) => status === 'Success')
		.map(({ migrationName }) => migrationName)
}

/** The SQL of each migration there is, by its name, in their order. */
export async function readMigrations(): Promise<ReadonlyMap<string, string>> {
	const files = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
	const texts = files.map(async (file): Promise<[string, string]> => {
		return [file.replace(/\.sql$/, ''), await readFile(new URL(file, folder), 'utf8')]
	})
	return new Map(await Promise.all(texts))
}

async function migrateQueues({ queuePool }: OpenDatabase): Promise<void> {
	const client = await queuePool.connect()
	try {
		await runMigrations(client, 'bullmq')
	} finally {
		client.release()
	}
}
