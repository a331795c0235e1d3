import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadEnvFile } from '../../src/config/load-env-file.ts'

let folder: string
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'envoi-env-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function load(text: string, env: Record<string, string> = {}) {
	const file = join(folder, '.env')
	await writeFile(file, text)
	loadEnvFile(env, file)
	return env
}

test('Settings of .env count where the environment has none, an empty one there included', async () => {
	const text =
		'\ufeff# a comment\r\nPORT=4000\r\nexport HOST="0.0.0.0"\r\n\r\nDATA_DIR = ./x # beside it\r\nSMTP_URL=smtp://u:a#b@c\r\n'
	const env = await load(text, { PORT: '5000', DATABASE_URL: '' })
	expect(env).toMatchObject({ PORT: '5000', HOST: '0.0.0.0', DATA_DIR: './x', DATABASE_URL: '' })
})

test('A value in quotes may have several lines, as a key has', async () => {
	const { KEY, NEXT } = await load('KEY="-----BEGIN\nabc=\n-----END"\nNEXT=1\n')
	expect([KEY, NEXT]).toEqual(['-----BEGIN\nabc=\n-----END', '1'])
})

test.each([
	['PORT 4000\nHOST=a\nhush', '1, 3'],
	['=hush', '1'],
	['PORT: 4000', '1'],
	['A=1\nB="hush\nC=2\n', '2'],
])('Lines that are no setting are named by number alone: %j', async (text, lines) => {
	await expect(load(text)).rejects.toMatchObject({ message: 'errors.env_file.lines', params: { lines } })
})

test('No file is no trouble, and a folder of that name is told', () => {
	loadEnvFile({}, join(folder, 'nothing'))
	expect(() => loadEnvFile({}, folder)).toThrow('errors.env_file.unreadable')
})
