import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { writeParts } from '../../src/commands/write-parts.ts'

let folder: string
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'envoi-parts-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function* breakOff() {
	yield Buffer.from('"email"\r\n"awa@parts.example"\r\n')
	throw Object.assign(new Error('aborted'), { code: 'ECONNRESET' })
}

async function* whole() {
	yield Buffer.from('all')
}

it('What breaks off leaves no file that would be taken for all of it', async () => {
	const file = join(folder, 'readers.csv')
	await expect(writeParts(file, breakOff(), {})).rejects.toThrow('cli.file.broken_off')
	expect(await readdir(folder)).toEqual([])
	await writeParts(file, whole(), {})
	expect(await readFile(file, 'utf8')).toBe('all')
	await expect(writeParts(file, breakOff(), { force: true })).rejects.toThrow('cli.file.broken_off')
	expect(await readdir(folder)).toEqual([])
})

it('A file that is there stays, and one that can’t be written is told of', async () => {
	const file = join(folder, 'kept.csv')
	await writeFile(file, 'kept')
	await expect(writeParts(file, whole(), {})).rejects.toThrow('cli.file.exists')
	expect(await readFile(file, 'utf8')).toBe('kept')
	const nowhere = join(folder, 'no', 'folder.csv')
	await expect(writeParts(nowhere, whole(), {})).rejects.toThrow('cli.file.unwritable')
})
