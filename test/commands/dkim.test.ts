import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type DkimKeyOptions, generateDkimKey } from '../../src/commands/dkim.ts'
import { readConfig } from '../../src/config.ts'
import { createDkimSigner } from '../../src/mail/sign-dkim.ts'
import { verifyDkim } from '../support/verify-dkim.ts'

let folder: string
let out: string
beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'envoi-dkim-'))
	out = join(folder, 'key.pem')
})
afterEach(() => rm(folder, { recursive: true }))

async function keygen(options: Partial<DkimKeyOptions> = {}, locale = 'en') {
	const stdout = collect()
	const stderr = collect()
	const code = await generateDkimKey({ domain: 'example.org', out, ...options }, { stdout, stderr }, locale)
	return { code, record: stdout.text(), said: stderr.text() }
}

function collect(): Writable & { text(): string } {
	let text = ''
	const stream = new Writable({
		write: (chunk, _, done) => {
			text += chunk
			done()
		},
	})
	return Object.assign(stream, { text: () => text })
}

/** A zone-file line as DNS would answer it: the strings joined. */
function readRecord(line: string): { name: string; strings: string[]; zone: Record<string, string> } {
	const [, name = '', rest = ''] = /^(\S+)\. TXT (.*)\n$/.exec(line) ?? []
	const strings = [...rest.matchAll(/"([^"]*)"/g)].map(([, text = '']) => text)
	return { name, strings, zone: { [name]: strings.join('') } }
}

/** The settings that were said, as an environment. */
function readSettings(said: string): Record<string, string> {
	return Object.fromEntries(
		[...said.matchAll(/^ {2}(DKIM_\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]),
	)
}

test('The record and the settings that are printed make signatures that verify (A2, A7)', async () => {
	const rsa = await keygen()
	const second = await keygen({ ed25519: true, out: join(folder, 'second.pem') })
	expect([rsa.code, second.code]).toEqual([0, 0])
	const { name, strings, zone } = readRecord(rsa.record)
	expect(name).toBe('envoi._domainkey.example.org')
	expect(strings.map(({ length }) => length <= 255)).toEqual([true, true])
	const { name: secondName, zone: secondZone } = readRecord(second.record)
	expect(secondName).toBe('envoi-ed25519._domainkey.example.org')

	const { dkimKeys } = readConfig({ ...readSettings(rsa.said), ...readSettings(second.said) })
	const raw = 'From: a@example.org\r\n\r\nHello\r\n'
	const verdicts = verifyDkim((await createDkimSigner(dkimKeys)(raw)) + raw, { ...zone, ...secondZone })
	expect(verdicts.map(({ valid }) => valid)).toEqual([true, true])
})

test('The private key can be read by this person alone and is never overwritten', async () => {
	await keygen()
	expect((await stat(out)).mode & 0o777).toBe(0o600)
	const before = await readFile(out, 'utf8')
	const again = await keygen()
	expect(again).toEqual({
		code: 1,
		record: '',
		said: expect.stringContaining(`There is a file ${out} already`),
	})
	expect(await readFile(out, 'utf8')).toBe(before)
})

test('The key itself is printed nowhere', async () => {
	const { record, said } = await keygen()
	const lines = (await readFile(out, 'utf8')).split('\n').filter((line) => line.length > 30)
	expect(lines.length).toBeGreaterThan(10)
	expect(lines.filter((line) => `${record}${said}`.includes(line))).toEqual([])
})

test('A domain is taken in its own script, and a selector can be chosen', async () => {
	const { record } = await keygen({ domain: 'Écho.example', selector: 's2026' })
	expect(readRecord(record).name).toBe('s2026._domainkey.xn--cho-9la.example')
})

test.each([
	[{ domain: 'no domain' }, '“no domain” is no domain'],
	[{ domain: 'x@example.org' }, 'is no domain'],
	[{ domain: '' }, 'is no domain'],
	[{ selector: 'a_b' }, '“a_b” can’t be the name of a key'],
	[{ selector: '../x' }, 'can’t be the name of a key'],
	[{ out: '/no/such/folder/key.pem' }, 'can’t be written (ENOENT)'],
])('%j is refused with a sentence', async (options, sentence) => {
	expect(await keygen(options)).toEqual({ code: 1, record: '', said: expect.stringContaining(sentence) })
	expect(await readdir(folder)).toEqual([])
})

test('What is said is said in French too', async () => {
	const { said } = await keygen({}, 'fr')
	expect(said).toMatch(
		/^La clé privée est dans .+\nAjoutez cet enregistrement TXT au DNS de example\.org\u00a0:\n/,
	)
})
