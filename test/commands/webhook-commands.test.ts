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
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'envoi-webhooks-'))
	settings = { DATA_DIR: await makeDataFolder(join(folder, 'data')), PORT: String(await freePort()) }
	serving = await serveHere(settings)
}, 60_000)
afterAll(async () => {
	await serving.close()
	await rm(folder, { recursive: true, force: true })
})

const run = (...args: string[]) => runCommand(['webhook', ...args], settings)
// biome-ignore lint/suspicious/noExplicitAny: a test looks at a field or two of each answer
const json = async (...args: string[]): Promise<any> => JSON.parse((await run(...args, '--json')).text)

it('A webhook is added, changed, looked at and removed from the command line', async () => {
	await runCommand(['newsletter', 'create', 'news', '--name', 'News', '--from', 'news@example.org'], settings)
	expect((await run('list')).text).toContain('No program is told anything yet')
	const url = 'https://93.184.216.34/hook'
	const added = await run('add', url, '--event', 'subscriber.left', '--newsletter', 'news')
	expect(added.code, added.text).toBe(0)
	expect(added.text).toMatch(/whsec_[A-Za-z\d+/]{43}=/)
	const wrong = await run('add', 'http://10.0.0.1/', '--event', 'subscriber.left')
	expect([wrong.code, wrong.text]).toEqual([1, expect.stringContaining('private network')])
	const [endpoint] = (await json('list')).items
	expect(endpoint).toMatchObject({
		url,
		events: ['subscriber.left'],
		newsletters: ['news'],
		withAddress: false,
	})
	const id = String(endpoint.id)
	const events = ['subscriber.left', 'digest.finished']
	expect(await json('change', id, '--event', ...events, '--with-address')).toMatchObject({
		...{ url, events, withAddress: true },
	})
	expect((await json('change', id, '--no-with-address')).withAddress).toBe(false)
	expect((await run('list')).text).toMatch(/subscriber\.left, digest\.finished +news +on/)
	expect((await run('secret', id)).text).toContain('signs as well for a day')
	expect((await run('log', id)).text).toContain('Nothing was told yet')
	expect((await run('replay', id, '7')).text).toContain('no such message')
	expect((await json('change', id, '--off')).disabledWhy).toBe('staff')
	expect((await json('change', id, '--on')).disabledWhy).toBeNull()
	expect((await run('remove', id)).text).toContain('is told nothing more')
	expect((await json('list')).items).toEqual([])
}, 60_000)
