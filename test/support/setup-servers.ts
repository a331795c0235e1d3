import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { migrateDatabase } from '../../src/db/migrate-database.ts'
import { openDatabase } from '../../src/db/open-database.ts'
import type {} from './provided.ts'
import { findQuickFolder } from './quick-folder.ts'
import { startPostgres, startRedis } from './start-servers.ts'

const settings = [
	...['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=300'],
	// no database is there for long enough to be worth it
	'autovacuum=off',
]

/** Starts a PostgreSQL and a Redis of the tests' own on free ports, in a folder that goes with them. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
	const folder = await mkdtemp(join(findQuickFolder(), 'envoi-servers-'))
	const postgres = await startPostgres(folder, { database: 'envoi_template', settings })
	const redis = await startRedis(folder)
	const database = await openDatabase({ url: postgres.url }, () => {})
	await migrateDatabase(database)
	await database.close()
	project.provide('postgresUrl', postgres.url)
	project.provide('redisUrl', redis.url)
	return async () => {
		await Promise.all([postgres.stop(), redis.stop()])
		await rm(folder, { recursive: true, force: true })
	}
}
