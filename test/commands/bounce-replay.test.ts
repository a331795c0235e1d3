import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { returnPathOf } from '../../src/deliveries/delivery-tokens.ts'
import { deriveKeys } from '../../src/kernel/keys.ts'
import { makeDataFolder } from '../support/make-data-folder.ts'
import { deliveryReport, outOfOffice, personalMail } from '../support/returned-mail.ts'
import { runCommand } from '../support/run-command.ts'
import { freePort } from '../support/run-envoi.ts'

const secretKey = 'a secret key of this test, 32 characters or more'
let folder: string
let settings: Record<string, string>
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'envoi-replay-'))
	const data = await makeDataFolder(join(folder, 'data'))
	settings = { DATA_DIR: data, PORT: String(await freePort()), SECRET_KEY: secretKey }
	const key = { digestId: 1, subscriptionId: 1 }
	const ours = returnPathOf(deriveKeys(secretKey), key, 'bounces.example.org')
	const forged = returnPathOf(deriveKeys('another secret key, of 32 characters'), key, 'bounces.example.org')
	await mkdir(join(folder, 'mails/older'), { recursive: true })
	const put = (name: string, raw: string) => writeFile(join(folder, 'mails', name), raw)
	await put('1.eml', deliveryReport({ to: ours, recipient: 'ada@readers.example' }))
	await put('2.eml', outOfOffice(ours))
	await put('older/3.eml', deliveryReport({ to: forged, recipient: 'bob@readers.example' }))
	await put('older/4.eml', personalMail({ to: 'news@example.org', body: 'Thank you' }))
	await put('.hidden', 'not a mail')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const replay = (...args: string[]) => runCommand(['bounce', 'replay', ...args], settings)

test('A folder of returned mails goes the way of all reports, once', { timeout: 60_000 }, async () => {
	const first = await replay(join(folder, 'mails'), '--json')
	expect(first.code, first.text).toBe(0)
	expect(JSON.parse(first.text).items).toMatchObject([
		// the subscription is not in this database, so there is nobody to suppress
		{ file: '1.eml', kind: 'bounce', results: [{ kind: 'recorded', effect: 'none' }] },
		{ file: '2.eml', kind: 'auto-reply', results: [] },
		{ file: 'older/3.eml', kind: 'bounce', results: [{ kind: 'unmatched', effect: 'none' }] },
		{ file: 'older/4.eml', kind: 'none', results: [] },
	])
	const second = await replay(join(folder, 'mails'))
	expect(second.text).toMatch(/^files +4$/m)
	expect(second.text).toMatch(/^known from before +3$/m)
})

test('A folder that is not there, or empty, is said in a sentence', { timeout: 60_000 }, async () => {
	const missing = await replay(join(folder, 'nowhere'))
	expect([missing.code, missing.text]).toEqual([2, expect.stringContaining('can’t be read')])
	await mkdir(join(folder, 'empty'))
	expect((await replay(join(folder, 'empty'))).text).toContain('There is no file in')
})
