import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { makeDataFolder } from '../support/make-data-folder.ts'
import { runCommand } from '../support/run-command.ts'
import { freePort } from '../support/run-envoi.ts'
import { type ServingHere, serveHere } from '../support/serve-here.ts'

let folder: string
let settings: Record<string, string>
let serving: ServingHere

const envoi = (...args: string[]) => runCommand(args, settings)

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'envoi-readers-'))
	const port = String(await freePort())
	settings = { DATA_DIR: await makeDataFolder(join(folder, 'data')), PORT: port }
	serving = await serveHere(settings)
	const from = [
		'--from',
		'news@example.org',
		'--postal-address',
		'1 Main Street',
		'--contact',
		'a@example.org',
	]
	await envoi('newsletter', 'create', 'news', '--name', 'News', ...from)
	const signedUp = await fetch(`http://127.0.0.1:${port}/api/v1/newsletters/news/subscriptions`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ email: 'ada@example.org' }),
	})
	expect(signedUp.status).toBe(202)
}, 60_000)
afterAll(async () => {
	await serving.close()
	await rm(folder, { recursive: true, force: true })
})

it('A person is found, shown, handed over, unsubscribed and erased by their address', {
	timeout: 120_000,
}, async () => {
	const found = await envoi('reader', 'find', 'ada')
	expect(found.text).toMatch(/^ada@example\.org +\d{4}-\d\d-\d\d +news \(en, not confirmed\)$/m)
	expect((await envoi('reader', 'find', 'nobody')).text).toContain('Nobody’s address begins with “nobody”.')

	const shown = await envoi('reader', 'show', 'ada@example.org')
	expect(shown.text).toMatch(/^Newsletter +news\nState +not confirmed/m)
	expect(shown.text).toMatch(/news +asked to subscribe +api · wording 1/)
	const stranger = await envoi('reader', 'show', 'bob@example.org')
	expect([stranger.code, stranger.text]).toEqual([1, 'Nobody with this address is known.\n'])
	const pending = await envoi(
		'reader',
		'change',
		'ada@example.org',
		'--newsletter',
		'news',
		'--language',
		'fr',
	)
	expect([pending.code, pending.text]).toEqual([1, 'This person does not get “news”.\n'])
	expect((await envoi('readers', 'left', 'news')).text).toBe('Nobody has left.\n')
	expect((await envoi('reader', 'show', 'ada@example.org', '--digest', '7')).text).toBe(
		'There is no digest 7.\n',
	)

	const exported = JSON.parse((await envoi('reader', 'export', 'ada@example.org')).text)
	expect(exported).toMatchObject({ address: 'ada@example.org', subscriptions: [{ newsletter: 'news' }] })

	const left = await envoi('reader', 'unsubscribe', 'ada@example.org')
	expect(left.text).toBe('Unsubscribed from: news\n')
	expect((await envoi('readers', 'count', 'news')).text).toMatch(/^unsubscribed +1$/m)
	const growth = (await envoi('readers', 'growth', 'news', '--by', 'month')).text
	expect(growth).toMatch(/^\d{4}-\d\d +en +program +1 +0 +0 +1 +0$/m)
	expect((await envoi('readers', 'growth', 'news', '--to', '2020-01-01')).text).toBe(
		'Nothing happened in that time.\n',
	)
	expect((await envoi('readers', 'check')).text).toBe('All counts are right.\n')
	const unsure = await envoi('reader', 'erase', 'ada@example.org')
	expect([unsure.code, unsure.text]).toEqual([2, expect.stringContaining('add --yes')])
	const erased = await envoi('reader', 'erase', 'ada@example.org', '--yes')
	expect(erased.text).toMatch(/^The person has been erased\.[\s\S]*^Subscriptions +1$/m)
	expect((await envoi('reader', 'find', 'ada')).text).toContain('Nobody’s address')
})
