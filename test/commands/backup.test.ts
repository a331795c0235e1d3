import { cp, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateIdentity } from 'age-encryption'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeDataFolder } from '../support/make-data-folder.ts'
import { runCommand } from '../support/run-command.ts'
import { freePort } from '../support/run-envoi.ts'
import { type ServingHere, serveHere } from '../support/serve-here.ts'

let folder: string
let serving: ServingHere
let settings: Record<string, string>

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'envoi-backup-commands-'))
	settings = { DATA_DIR: await makeDataFolder(join(folder, 'data')), PORT: String(await freePort()) }
	serving = await serveHere(settings)
})
afterAll(async () => {
	await serving.close()
	await rm(folder, { recursive: true, force: true })
})

test('The command line backs up an Envoi that runs, and fills an empty one from that', async () => {
	const from = ['--from', 'news@charity.example', '--name', 'World News']
	const added = await runCommand(['newsletter', 'create', 'world', ...from], settings)
	expect(added.code, added.text).toBe(0)
	const [file, key] = [join(folder, 'all.backup'), join(folder, 'key')]
	await writeFile(key, `${await generateIdentity()}\n`)
	const made = await runCommand(['backup', file, '--key', key], settings)
	expect(made.code, made.text).toBe(0)
	expect(made.text).toContain('It was read again and is whole.')
	expect(made.text).toContain('Keep the secret key')
	expect((await stat(file)).mode & 0o777).toBe(0o600)
	expect((await runCommand(['backup', file], settings)).text).toContain('Give --force to overwrite it')
	expect((await runCommand(['backup'], settings)).code).toBe(2)

	const found = await runCommand(['backup', 'check', file, '--key', key])
	expect(found.code, found.text).toBe(0)
	expect(found.text).toMatch(/newsletters +1/)
	const unread = await runCommand(['backup', 'check', file])
	expect(unread).toMatchObject({ code: 1, text: expect.stringContaining('--key') })

	// while it is in use
	const refused = await runCommand(['restore', file, '--key', key, '--replace', '--yes'], settings)
	expect(refused.code).toBe(1)
	const other = { DATA_DIR: await makeDataFolder(join(folder, 'other')) }
	const foreign = await runCommand(['restore', file, '--key', key], other)
	expect(foreign).toMatchObject({ code: 1, text: expect.stringContaining('another secret key') })
	await cp(join(folder, 'data/secret-key'), join(folder, 'other/secret-key'))
	const restored = await runCommand(['restore', file, '--key', key], other)
	expect(restored.code, restored.text).toBe(0)
	expect(restored.text).toContain('Nothing is sent until you say so')
	expect((await runCommand(['newsletter', 'list'], other)).text).toContain('world')
	expect((await runCommand(['digest', 'status'], other)).text).toContain('resume --after-restore')
	// nobody is there to be asked
	expect((await runCommand(['restore', file, '--key', key, '--replace'], other)).code).toBe(2)
	expect((await readFile(file)).subarray(0, 20).toString()).toBe('age-encryption.org/v')
}, 120_000)
