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
	const migrations: Record<string, Migration> = {}
	for (const [name, text] of await readMigrations()) {
		migrations[name] = { up: async (db) => void (await sql.raw(text).execute(db)) }
	}
	const { error, results } = await new Migrator({
		db: database.db,
		provider: { getMigrations: async () => migrations },
	}).migrateToLatest()
	if (error) throw error
	await migrateQueues(database)
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
