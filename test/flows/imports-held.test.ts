import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { operator } from '../../src/kernel/actor.ts'
import { beginUndo, getImport, type ImportChanges } from '../../src/subscriptions/index.ts'
import { mailsTo, stateOf } from '../subscriptions/people.ts'
import { outcomesOf } from '../support/bring-file.ts'
import { holdSending } from '../support/hold-sending.ts'
import { makeNewsletter } from '../support/make-newsletter.ts'
import { type StaffCalls, staffOf } from '../support/staff-client.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'

// importing goes on in a database that was restored or copied, as long as nobody is mailed for it

let app: TestApp
let staff: StaffCalls

beforeAll(async () => {
	app = await startTestApp()
	staff = await staffOf(app)
	await makeNewsletter(app, { slug: 'news' })
})
afterAll(() => app?.close())
beforeEach(async () => {
	await holdSending(app)
})
afterEach(() => app.drain())

/** Brings a file by the API, and has it checked by the workers. */
async function check(csv: string, basis: ImportChanges['basis']): Promise<number> {
	const { body } = await app.request
		.post('/api/v1/newsletters/news/imports')
		.set('Authorization', `Bearer ${staff.key}`)
		.set('Content-Type', 'text/csv')
		.send(csv)
		.expect(201)
	const path = `/imports/${body.id}`
	expect((await staff.call('patch', path, { basis })).status).toBe(200)
	expect((await staff.call('post', `${path}/check`)).status).toBe(202)
	await app.drain()
	expect((await staff.call('get', path)).body).toMatchObject({ state: 'checked', held: null })
	return body.id
}

test('Held, a file is checked, its readers are added, and all of it is taken back', async () => {
	for (const basis of [
		{ kind: 'asked', day: '2026-03-01', words: 'Yes, please' },
		{ kind: 'members', day: '2026-03-01' },
	] as const) {
		const address = `${basis.kind}@held.example`
		const id = await check(`email\n${address}\n`, basis)
		expect((await staff.call('post', `/imports/${id}/run`)).body).toMatchObject({ held: null })
		await app.drain()
		const done = await getImport(app, id, operator)
		expect([done.state, outcomesOf(done)]).toEqual(['done', { new: 1 }])
		expect(await stateOf(app, address)).toBe('active')
		await beginUndo(app, id, operator)
		await app.drain()
		expect(await getImport(app, id, operator)).toMatchObject({ state: 'undone', undone: { removed: 1 } })
		expect(await stateOf(app, address)).toBeUndefined()
	}
})

test('Held, nobody is asked to confirm, which is said; let go, asking begins by itself, with those of one day', async () => {
	const addresses = [1, 2, 3].map((number) => `unsure${number}@held.example`)
	const id = await check(['email', ...addresses].join('\n'), { kind: 'unsure', perDay: 24 })
	const begun = await staff.call('post', `/imports/${id}/run`)
	expect(begun.body).toMatchObject({ state: 'running', held: { reason: 'older_backup' } })
	for (let day = 0; day < 3; day++) {
		app.clock.advance({ days: 1 })
		await app.jobs.enqueue('reconcile', {})
		await app.drain()
	}
	expect(await getImport(app, id, operator)).toMatchObject({ state: 'running', position: 0, nextAt: null })
	expect(await stateOf(app, addresses[0] ?? '')).toBeUndefined()
	const listed = await staff.call('get', '/newsletters/news/imports')
	expect(listed.body.items[0]).toMatchObject({ id, held: { reason: 'older_backup' } })

	await staff.call('post', '/resume-after-restore')
	await app.drain()
	expect(await mailsTo(app, addresses[0] ?? '')).toHaveLength(1)
	expect(await mailsTo(app, addresses[1] ?? '')).toEqual([])
	expect((await staff.call('get', `/imports/${id}`)).body).toMatchObject({ position: 1, held: null })
})
