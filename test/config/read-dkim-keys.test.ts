import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { makeEd25519Key, makeRsaKey } from '../support/dkim-keys.ts'

const rsa = makeRsaKey()
const ed25519 = makeEd25519Key()
let folder: string
let rsaFile: string

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'envoi-dkim-'))
	rsaFile = join(folder, 'rsa.pem')
	await writeFile(rsaFile, rsa.privateKey)
})
afterAll(() => rm(folder, { recursive: true }))

const inline = { DKIM_DOMAIN: 'example.org', DKIM_SELECTOR: 'rsa', DKIM_PRIVATE_KEY: rsa.privateKey }

function problemsOf(env: NodeJS.ProcessEnv): string[] {
	try {
		readConfig(env)
		return []
	} catch (error) {
		return (error as Error).message.split('\n').slice(1)
	}
}

test('Without a setting of DKIM nothing is signed', () => {
	expect(readConfig({ DKIM_DOMAIN: '' }).dkimKeys).toEqual([])
})

test('A key is given itself, with its line breaks or with \\n, or as a file', () => {
	const expected = [{ domain: 'example.org', selector: 'rsa', algorithm: 'rsa', privateKey: rsa.privateKey }]
	const escaped = rsa.privateKey.replaceAll('\n', '\\n')
	expect(readConfig(inline).dkimKeys).toEqual(expected)
	expect(readConfig({ ...inline, DKIM_PRIVATE_KEY: escaped }).dkimKeys).toEqual(expected)
	const { DKIM_PRIVATE_KEY: _, ...others } = inline
	expect(readConfig({ ...others, DKIM_PRIVATE_KEY_FILE: rsaFile }).dkimKeys).toEqual(expected)
})

test('An Ed25519 key comes second, and the domain is written as DNS has it (A6)', () => {
	const env = {
		...inline,
		DKIM_DOMAIN: 'Écho.Example.org',
		DKIM_ED25519_SELECTOR: 'ed25519',
		DKIM_ED25519_PRIVATE_KEY: ed25519.privateKey,
	}
	expect(readConfig(env).dkimKeys.map(({ domain, algorithm }) => [domain, algorithm])).toEqual([
		['xn--cho-9la.example.org', 'rsa'],
		['xn--cho-9la.example.org', 'ed25519'],
	])
})

test('Every problem is named at once, beside those of other settings', () => {
	expect(problemsOf({ PORT: 'x', DKIM_DOMAIN: 'not a domain', DKIM_ED25519_SELECTOR: 'a_b' })).toEqual([
		expect.stringMatching(/^ {2}PORT /),
		'  DKIM_DOMAIN must be a domain, such as example.org',
		'  DKIM_ED25519_SELECTOR takes letters, digits and hyphens, 63 at most',
		'  DKIM_SELECTOR must be set where mail is signed with DKIM',
		'  DKIM_PRIVATE_KEY or DKIM_PRIVATE_KEY_FILE must be set where mail is signed with DKIM',
		'  DKIM_ED25519_PRIVATE_KEY or DKIM_ED25519_PRIVATE_KEY_FILE must be set where mail is signed with DKIM',
	])
})

test('Ed25519 alone, under the selector of RSA, or as the other kind of key is refused (A6)', () => {
	const second = { DKIM_ED25519_SELECTOR: 'rsa', DKIM_ED25519_PRIVATE_KEY: ed25519.privateKey }
	expect(problemsOf({ DKIM_DOMAIN: 'example.org', ...second })).toHaveLength(2)
	expect(problemsOf({ ...inline, ...second })).toEqual([
		'  DKIM_ED25519_SELECTOR must be another than DKIM_SELECTOR',
	])
	expect(problemsOf({ ...inline, DKIM_PRIVATE_KEY: ed25519.privateKey })).toEqual([
		'  DKIM_PRIVATE_KEY must be an RSA key, and is of the type ed25519',
	])
})

test('A key that is too short, unreadable, missing or given twice is refused without being shown (A2)', () => {
	const short = makeRsaKey('example.org', 512).privateKey
	expect(problemsOf({ ...inline, DKIM_PRIVATE_KEY: short })).toEqual([
		'  DKIM_PRIVATE_KEY has 512 bits: mail servers take 1024 to 4096, and 2048 are right',
	])
	expect(problemsOf({ ...inline, DKIM_PRIVATE_KEY: 'secret' })).toEqual([
		'  DKIM_PRIVATE_KEY is no private key in PEM (-----BEGIN PRIVATE KEY-----)',
	])
	expect(
		problemsOf({ ...inline, DKIM_PRIVATE_KEY: '', DKIM_PRIVATE_KEY_FILE: join(folder, 'none') }),
	).toEqual(['  DKIM_PRIVATE_KEY_FILE can’t be read (ENOENT)'])
	expect(problemsOf({ ...inline, DKIM_PRIVATE_KEY_FILE: rsaFile })).toEqual([
		'  DKIM_PRIVATE_KEY_FILE can’t be set where DKIM_PRIVATE_KEY is',
	])
})
