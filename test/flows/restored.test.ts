import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test } from 'vitest'
import { openInstallation } from '../../src/installation/index.ts'
import { operator } from '../../src/kernel/actor.ts'
import type { HoldReason } from '../../src/kernel/enumerations.ts'
import { makeNewsletter, makeReader, makeStory } from '../support/make-newsletter.ts'
import { type StaffCalls, staffOf } from '../support/staff-client.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'

let app: TestApp
let staff: StaffCalls
let slug: string

beforeAll(async () => {
	app = await startTestApp({ config: { installationId: 'production' } })
	staff = await staffOf(app)
})
afterAll(() => app.close())
beforeEach(async () => {
	const newsletter = await makeNewsletter(app)
	slug = newsletter.slug
	await makeStory(app, newsletter.id)
	await makeReader(app, newsletter.id, { address: 'awa@example.net' })
	app.captured?.clear()
})
afterEach(async () => {
	await staff.call('post', '/resume-after-restore')
	await app.drain()
})

/** As if the database had come from elsewhere; the next look finds out. */
async function bringFromElsewhere(): Promise<void> {
	await app.installation.release(operator)
	await app.db.updateTable('installation').set({ id: 'staging' }).execute()
}

const held = async () => (await staff.call('get', '/installation')).body.held as { reason: HoldReason } | null
const mailed = () => (app.captured?.list() ?? []).map(({ envelope }) => envelope.to).sort()

test('A database from elsewhere sends no digest, no notice and no schedule until staff says so, and then all of it once', async () => {
	await bringFromElsewhere()
	expect(await held()).toMatchObject({ reason: 'other_installation' })
	const { body } = await staff.call('post', `/newsletters/${slug}/digests`, {})
	await app.request
		.post(`/api/v1/newsletters/${slug}/subscriptions`)
		.send({ email: 'bo@example.net' })
		.expect(202)
	await app.jobs.enqueue('reconcile', {})
	await app.drain()
	expect(mailed()).toEqual([])
	expect((await staff.call('get', `/digests/${body.digest.id}`)).body.state).toBe('planning')
	const ready = await app.request.get('/readyz').expect(200)
	expect(ready.body).toMatchObject({ ready: true, held: { reason: 'other_installation' } })
	expect(app.logged.join('\n')).toContain('sending is held')

	const resumed = await staff.call('post', '/resume-after-restore')
	expect([resumed.status, resumed.body]).toMatchObject([200, { held: null }])
	await app.drain()
	expect(mailed()).toEqual(['awa@example.net', 'bo@example.net'])
	expect((await staff.call('get', `/digests/${body.digest.id}`)).body.state).toBe('completed')
	expect((await app.request.get('/readyz')).body.held).toBeUndefined()

	await staff.call('post', '/resume-after-restore')
	const audit = await app.db
		.selectFrom('audit_entries')
		.select('action')
		.where('subject', '=', 'installation')
		.execute()
	expect(audit).toEqual([{ action: 'resume' }])
})

test('Only staff may let it send', async () => {
	await bringFromElsewhere()
	await app.request.post('/api/v1/resume-after-restore').expect(401)
	expect(await held()).not.toBeNull()
})

test('A database that is older than it was is held, by whichever process looks next', async () => {
	let kept: number | undefined
	const mark = {
		read: async () => kept,
		raise: async (generation: number) => {
			kept = Math.max(kept ?? 0, generation)
		},
	}
	const start = () => openInstallation(app, { id: undefined, place: undefined, mark })
	expect(await (await start()).findHold()).toBeUndefined()
	expect(await (await start()).findHold()).toBeUndefined()
	await app.db
		.updateTable('installation')
		.set((eb) => ({ generation: eb('generation', '-', 3) }))
		.execute()
	expect(await (await start()).findHold()).toMatchObject({ reason: 'older_backup' })
	expect(await (await start()).findHold()).toMatchObject({ reason: 'older_backup' })
	await (await start()).release(operator)
	expect(await (await start()).findHold()).toBeUndefined()
})

test.skipIf(inject('parts') === 'embedded')(
	'On servers a copy is known by its place, and an older backup by the mark in Redis',
	async () => {
		const { place } = await app.db.selectFrom('installation').select('place').executeTakeFirstOrThrow()
		expect(place).toMatch(/^postgres:\d{10,}\/\d+\/\d+$/)
		// what a dump that is read back into another database, or another server, brings
		await app.installation.release(operator)
		await app.db
			.updateTable('installation')
			.set({ place: `${place}0` })
			.execute()
		expect(await held()).toMatchObject({ reason: 'other_place' })
		await app.installation.release(operator)
		// what comes back with a backup that was taken before
		await app.db.updateTable('installation').set({ generation: 1 }).execute()
		expect(await held()).toMatchObject({ reason: 'older_backup' })
	},
)
