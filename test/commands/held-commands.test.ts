import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type App, openApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { startWorkers } from '../../workers/start-workers.ts'
import { holdSending } from '../support/hold-sending.ts'
import { makeDataFolder } from '../support/make-data-folder.ts'
import { makeNewsletter, makeReader, makeStory } from '../support/make-newsletter.ts'
import { runCommand } from '../support/run-command.ts'

// what the command line says while no mail leaves a database that was restored or copied

let folder: string
let running: App
let workers: { stop(): void }
let settings: Record<string, string>
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'envoi-held-'))
	settings = { DATA_DIR: await makeDataFolder(join(folder, 'data')) }
	running = await openApp(readConfig({ ...settings, LOG_LEVEL: 'silent' }))
	const { id } = await makeNewsletter(running, { slug: 'news' })
	for (const address of ['awa@example.net', 'luc@example.net']) await makeReader(running, id, { address })
	await makeStory(running, id)
	await holdSending(running)
	workers = startWorkers(running)
}, 60_000)
afterAll(async () => {
	workers.stop()
	await running.close()
	await rm(folder, { recursive: true, force: true })
})

const envoi = (...args: string[]) => runCommand(args, settings)
const held = 'resume --after-restore'

it('A command that has a digest sent ends, and says that it waits and why', async () => {
	const sent = await envoi('digest', 'send', 'news', '--yes', '--wait')
	expect(sent.text).toContain('It will be sent once sending is no longer held.')
	const id = /Digest (\d+)/.exec(sent.text)?.[1] ?? ''
	expect((await envoi('digest', 'status', id, '--watch')).text).toContain(held)
	expect((await envoi('digest', 'pause', id)).text).not.toContain(held)
	expect((await envoi('digest', 'resume', id)).text).toContain(held)
}, 60_000)

it('What another program is to be told is said to wait', async () => {
	await envoi('webhook', 'add', 'https://93.184.216.34/hook', '--event', 'subscriber.left')
	await envoi('reader', 'unsubscribe', 'luc@example.net')
	const log = await envoi('webhook', 'log', '1')
	expect([log.code, log.text]).toEqual([0, expect.stringContaining(held)])
	const replayed = await envoi('webhook', 'replay', '1', '1')
	expect(replayed.text).toContain('Message 1 is sent once more when sending is no longer held.')
}, 60_000)

it('Letting it send tells of scheduled digests that wait for a decision', async () => {
	const { id } = await running.db.selectFrom('newsletters').select('id').executeTakeFirstOrThrow()
	const now = running.clock.now()
	const missed = { newsletter_id: id, kind: 'each' as const, occurrence: now, found_at: now }
	await running.db.insertInto('missed_digests').values(missed).execute()
	const { code, text } = await envoi('resume', '--after-restore')
	expect([code, text]).toEqual([0, expect.stringContaining('Sending is no longer held')])
	expect(text).toContain('One scheduled digest came up in the meantime: whether to send it is yours to say')
	expect(text).toContain('digest missed')
}, 60_000)
