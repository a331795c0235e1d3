import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { planDigest } from '../../../src/deliveries/index.ts'
import { triggerDigest } from '../../../src/digests/index.ts'
import { operator } from '../../../src/kernel/actor.ts'
import { importFile } from '../../support/bring-file.ts'
import { makeNewsletter, makeReader, makeStory } from '../../support/make-newsletter.ts'
import { type StaffCalls, staffOf } from '../../support/staff-client.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

let app: TestApp
let staff: StaffCalls
let downloads: string[]

beforeAll(async () => {
	app = await startTestApp({ workers: false })
	staff = await staffOf(app)
	const { id } = await makeNewsletter(app, { slug: 'news' })
	await makeReader(app, id, { address: 'ann@head.example' })
	const { subscriber_id: reader } = await app.db
		.selectFrom('subscriptions')
		.select('subscriber_id')
		.executeTakeFirstOrThrow()
	await makeStory(app, id, {})
	const triggered = await triggerDigest(app, id, { by: operator })
	if (triggered.kind !== 'created') throw new Error('no digest')
	await planDigest(app, triggered.digest.id)
	const { id: imported } = await importFile(app, 'email\nbob@head.example\nnone\n')
	const pdf = { 'Content-Type': 'application/pdf' }
	await app.request
		.post(`/api/v1/imports/${imported}/evidence`)
		.set({ Authorization: `Bearer ${staff.key}`, ...pdf })
		.send('%PDF-1.7')
		.expect(200)
	downloads = [
		'/newsletters/news/exports/readers.csv',
		'/newsletters/news/exports/readers.json',
		'/newsletters/news/exports.zip',
		`/digests/${triggered.digest.id}/deliveries.csv`,
		`/readers/${reader}/export`,
		'/suppressions.csv',
		`/imports/${imported}/report.csv`,
		`/imports/${imported}/unusable.csv`,
		`/imports/${imported}/evidence`,
		'/backup',
	]
})
afterAll(() => app?.close())

const countEntries = async () => (await app.db.selectFrom('audit_entries').select('id').execute()).length

describe('who asks only what they would get', () => {
	it('is told as who gets it, and nothing is written down, for nothing is handed out', async () => {
		for (const path of downloads) {
			const before = await countEntries()
			const asked = await app.request
				.head(`/api/v1${path}`)
				.set('Authorization', `Bearer ${staff.key}`)
				.expect(200)
			expect(await countEntries(), path).toBe(before)
			const got = await staff.call('get', path)
			expect(await countEntries(), path).toBe(before + 1)
			for (const name of ['content-type', 'content-disposition', 'cache-control'])
				expect(asked.headers[name], path).toBe(got.headers[name])
		}
	})

	it('is told where nothing is', async () => {
		for (const path of ['/imports/999/report.csv', '/newsletters/none/exports.zip'])
			await app.request.head(`/api/v1${path}`).set('Authorization', `Bearer ${staff.key}`).expect(404)
	})
})
