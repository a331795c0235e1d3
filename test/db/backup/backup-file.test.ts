import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { generateIdentity, identityToRecipient } from 'age-encryption'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readBackupFile, writeBackupFile } from '../../../src/db/backup/backup-file.ts'
import { type BackupKey, readBackupKey } from '../../../src/db/backup/backup-key.ts'
import { checkBackup } from '../../../src/db/backup/read-backup.ts'
import { makeNewsletter, makeReader, makeStory } from '../../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

let folder: string
let app: TestApp
let file: string

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'envoi-backup-file-'))
	app = await startTestApp({ workers: false })
	const { id } = await makeNewsletter(app)
	await makeReader(app, id, { address: 'awa@example.net' })
	// more than one piece of the file
	for (let count = 0; count < 300; count += 1) await makeStory(app, id, { summary: '\\"é'.repeat(400) })
	file = join(folder, 'all.backup')
	await backUp(file)
})
afterAll(async () => {
	await app?.close()
	await rm(folder, { recursive: true, force: true })
})

async function* bytesOf(text: AsyncIterable<string>) {
	for await (const part of text) yield Buffer.from(part)
}

function backUp(to: string, key?: BackupKey) {
	return writeBackupFile(to, bytesOf(app.makeBackup()), { key, force: true })
}

test('A backup is told apart from what is none, is damaged, or ends too early', async () => {
	const text = gunzipSync(await readFile(file)).toString()
	const bad = async (content: string | Buffer) => {
		await writeFile(join(folder, 'bad.backup'), content)
		return join(folder, 'bad.backup')
	}
	const lines = text.split('\n')
	const cases: Array<[string, string | Buffer]> = [
		['none', 'a letter'],
		['cut', ''],
		['none', gzipSync('a letter')],
		['cut', (await readFile(file)).subarray(0, 5_000)],
		['cut', gzipSync(lines.slice(0, -2).join('\n'))],
		['cut', gzipSync(lines.slice(0, 20).join('\n'))],
		['damaged', gzipSync(text.replace('What', 'Whet').replace('example.net', 'example.org'))],
		['damaged', gzipSync(lines.toSpliced(-2, 0, '# {}').join('\n'))],
		['damaged', gzipSync(`${text}${text}`)],
		['newer', gzipSync(text.replace('"format":1', '"format":2'))],
	]
	const broken = Buffer.from(await readFile(file))
	broken[Math.floor(broken.length / 2)] = (broken[Math.floor(broken.length / 2)] ?? 0) ^ 0xff
	cases.push(['damaged', broken])
	for (const [why, content] of cases) {
		const read = async () => checkBackup(readBackupFile(await bad(content), undefined))
		await expect(read(), why).rejects.toMatchObject({ message: `errors.backup.${why}` })
	}
	await expect(checkBackup(readBackupFile(join(folder, 'missing'), undefined))).rejects.toMatchObject({
		message: 'errors.backup.unreadable',
	})
})

test('An encrypted backup opens with its key alone', async () => {
	const identity = await generateIdentity()
	const keys = {
		passphrase: await keyFile('a long passphrase of ours'),
		identity: await keyFile(`# created: 2026\n${identity}`),
		recipient: await keyFile(await identityToRecipient(identity)),
		other: await keyFile(await generateIdentity()),
	}
	const sealed = join(folder, 'sealed.backup')
	await backUp(sealed, keys.recipient)
	expect((await readFile(sealed)).includes('newsletters')).toBe(false)
	const check = async (key?: BackupKey) => checkBackup(readBackupFile(sealed, key))
	expect((await check(keys.identity)).tables.stories).toBeGreaterThan(299)
	await expect(check()).rejects.toMatchObject({ message: 'errors.backup.needs_key' })
	await expect(check(keys.other)).rejects.toMatchObject({ message: 'errors.backup.key_wrong' })
	await expect(check(keys.recipient)).rejects.toMatchObject({ message: 'errors.backup.key_public' })
	const whole = await readFile(sealed)
	await writeFile(sealed, whole.subarray(0, whole.length - 100))
	await expect(check(keys.identity)).rejects.toMatchObject({ message: 'errors.backup.damaged' })
	await backUp(sealed, keys.passphrase)
	expect((await check(keys.passphrase)).rows).toBeGreaterThan(300)
	await expect(check(keys.identity)).rejects.toMatchObject({ message: 'errors.backup.key_wrong' })
	await expect(keyFile('short')).rejects.toMatchObject({ message: 'errors.backup.key_short' })
})

async function keyFile(content: string): Promise<BackupKey> {
	const path = join(folder, `key-${randomBytes(4).toString('hex')}`)
	await writeFile(path, `${content}\n`)
	return readBackupKey(path)
}

test('What can’t be written whole is not written at all, and a file that is there stays', async () => {
	async function* broken() {
		yield Buffer.from((await readHead()) ?? '')
		throw new Error('the connection was lost')
	}
	const readHead = async () =>
		gunzipSync(await readFile(file))
			.toString()
			.split('\n')
			.slice(0, 3)
			.join('\n')
	const target = join(folder, 'kept.backup')
	await writeFile(target, 'what was there')
	await expect(writeBackupFile(target, broken(), {})).rejects.toMatchObject({ message: 'cli.file.exists' })
	await expect(writeBackupFile(target, broken(), { force: true })).rejects.toMatchObject({
		message: 'errors.backup.cut',
	})
	let ended = false
	async function* damagedEarly() {
		try {
			yield Buffer.from(`${await readHead()}\n# {}\n`)
			for (let count = 0; count < 1_000; count += 1) yield Buffer.alloc(100_000, 'x')
		} finally {
			ended = true
		}
	}
	await expect(writeBackupFile(target, damagedEarly(), { force: true })).rejects.toMatchObject({
		message: 'errors.backup.damaged',
	})
	// what made it is not left waiting
	await expect.poll(() => ended).toBe(true)
	expect(await readFile(target, 'utf8')).toBe('what was there')
	expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([])
})

test('Two backups that are written to one place at once do not spoil each other', async () => {
	const target = join(folder, 'twice.backup')
	const [one, other] = await Promise.all([backUp(target), backUp(target)])
	expect(one.rows).toBe(other.rows)
	expect((await readdir(folder)).filter((name) => name.startsWith('twice'))).toEqual(['twice.backup'])
})
