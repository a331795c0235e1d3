import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sql } from 'kysely'
import type { TestProject } from 'vitest/node'
import { migrateDatabase } from '../../src/db/migrate-database.ts'
import { openDatabase } from '../../src/db/open-database.ts'
import type {} from './provided.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const cache = join(root, 'node_modules/.cache/migrated')

/**
 * Migrates one embedded database for all test files: each opens a copy of it in a second, in memory or in a folder. It is
 * kept from run to run, for as long as migrations and libraries are the same.
 */
export async function setup(project: TestProject): Promise<void> {
	const kept = join(cache, await versionOf())
	if (!existsSync(kept)) await keep(kept)
	project.provide('migratedDump', join(kept, 'dump.tar'))
	project.provide('migratedFolder', join(kept, 'folder'))
}

async function versionOf(): Promise<string> {
	const migrations = join(root, 'src/db/migrations')
	const names = (await readdir(migrations)).sort()
	const hash = createHash('sha256')
	for (const file of [
		...names.map((name) => join(migrations, name)),
		join(root, 'package-lock.json'),
		fileURLToPath(import.meta.url),
	]) {
		hash.update(`${file}\0`).update(await readFile(file))
	}
	return hash.digest('hex').slice(0, 16)
}

/** Puts a migrated database there, and what was there for older versions away. */
async function keep(place: string): Promise<void> {
	await mkdir(cache, { recursive: true })
	for (const name of await readdir(cache)) {
		if (!name.startsWith('made-')) await rm(join(cache, name), { recursive: true, force: true })
	}
	const made = await mkdtemp(join(cache, 'made-'))
	const folder = join(made, 'folder')
	const database = await openDatabase({ folder }, () => {})
	await migrateDatabase(database)
	await database.close()
	await rmTemplates(folder)
	const dump = await dumpOf(folder)
	await writeFile(join(made, 'dump.tar'), Buffer.from(await dump.arrayBuffer()))
	// another run may have been faster
	await rename(made, place).catch(async (error) => {
		if (!existsSync(place)) throw error
		await rm(made, { recursive: true, force: true })
	})
}

/** The templates that new databases are made of: six hundred files, each of which would be copied with the one in use. */
async function rmTemplates(folder: string): Promise<void> {
	const base = join(folder, 'base')
	const database = await openDatabase({ folder }, () => {})
	const { rows } = await sql<{
		oid: number
	}>`select oid from pg_database where datname like 'template%'`.execute(database.db)
	await database.close()
	for (const { oid } of rows) {
		for (const file of await readdir(join(base, String(oid)))) await rm(join(base, String(oid), file))
	}
}

async function dumpOf(folder: string): Promise<Blob> {
	const database = await openDatabase({ folder }, () => {})
	const dump = await database.dump?.()
	await database.close()
	if (!dump) throw new Error('the embedded database gave no dump')
	return dump
}
