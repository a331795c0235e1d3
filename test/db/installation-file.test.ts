import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { openInstallationFile } from '../../src/db/installation-file.ts'
import { operator } from '../../src/kernel/actor.ts'
import { makeDataFolder } from '../support/make-data-folder.ts'

let folder: string
beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'envoi-restored-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

test('The file in the data folder stays the same however often it is written, and a copy of it is known', async () => {
	const made = await openInstallationFile(folder)
	for (const generation of [1, 20, 300]) await made.mark?.raise(generation)
	const again = await openInstallationFile(folder)
	expect([again.id, again.place, await again.mark?.read()]).toEqual([made.id, made.place, 300])
	expect(await readFile(join(folder, 'installation-id'), 'utf8')).toBe(`${made.id}\n000000000000300\n`)

	const copy = join(folder, 'copy')
	await cp(join(folder, 'installation-id'), join(copy, 'installation-id'))
	const copied = await openInstallationFile(copy)
	expect(copied.id).toBe(made.id)
	expect(copied.place).not.toBe(made.place)
})

test('A data folder may be stopped and started; a copy of it, and one whose database is from a backup, send nothing', async () => {
	const [original, backup, copy] = ['original', 'backup', 'copy'].map((name) => join(folder, name))
	if (!original || !backup || !copy) throw new Error('no folders')
	const database = (of: string) => join(of, 'database')
	await makeDataFolder(original)
	await startAndStop(original)
	await cp(database(original), backup, { recursive: true })
	expect(await startAndStop(original)).toBeUndefined()

	await cp(original, copy, { recursive: true, filter: (path) => !path.endsWith('.sock') })
	expect(await startAndStop(copy)).toMatchObject({ reason: 'other_place' })

	await rm(database(original), { recursive: true })
	await cp(backup, database(original), { recursive: true })
	expect(await startAndStop(original)).toMatchObject({ reason: 'older_backup' })
	// held it stays until staff says so
	expect(await startAndStop(original)).toMatchObject({ reason: 'older_backup' })
	expect(await startAndStop(original, true)).toBeUndefined()
	expect(await startAndStop(original)).toBeUndefined()
}, 120_000)

async function startAndStop(dataDir: string, release = false) {
	const app = await openApp({ ...readConfig({}), dataDir, logLevel: 'silent' })
	try {
		if (release) await app.installation.release(operator)
		return await app.installation.findHold()
	} finally {
		await app.close()
	}
}
