import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { migrateDatabase } from '../../src/db/migrate-database.ts'
import { openDatabase } from '../../src/db/open-database.ts'
import type {} from './provided.ts'

/** Migrates one embedded database for all test files: each opens a copy of it in a second, in memory or in a folder. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
	const folder = await mkdtemp(join(tmpdir(), 'envoi-test-'))
	const migrated = join(folder, 'migrated')
	const database = await openDatabase({ folder: migrated }, () => {})
	await migrateDatabase(database)
	const dump = await database.dump?.()
	await database.close()
	if (!dump) throw new Error('the embedded database gave no dump')
	const file = join(folder, 'migrated.tar')
	await writeFile(file, Buffer.from(await dump.arrayBuffer()))
	project.provide('migratedDump', file)
	project.provide('migratedFolder', migrated)
	return () => rm(folder, { recursive: true, force: true })
}
