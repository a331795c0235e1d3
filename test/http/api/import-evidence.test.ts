import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listAudit } from '../../../src/audit/index.ts'
import { operator } from '../../../src/kernel/actor.ts'
import { addDays } from '../../../src/kernel/clock.ts'
import { createApiKey } from '../../../src/staff/index.ts'
import { beginUndo, pruneImports } from '../../../src/subscriptions/index.ts'
import { bringFile, importFile } from '../../support/bring-file.ts'
import { type ConsoleBrowser, signInAs } from '../../support/console-browser.ts'
import { makeNewsletter } from '../../support/make-newsletter.ts'
import { type StaffCalls, staffOf } from '../../support/staff-client.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

const pdf = Buffer.from('%PDF-1.7\n<script>alert(1)</script> Awa Diop, awa@proof.example')

let app: TestApp
let staff: StaffCalls
let approver: ConsoleBrowser
beforeAll(async () => {
	app = await startTestApp()
	staff = await staffOf(app)
	await makeNewsletter(app, { slug: 'news' })
	approver = await signInAs(app, 'approver')
})
afterAll(() => app?.close())

const asBytes = { 'Content-Type': 'application/octet-stream' }
const bring = (id: number, bytes: Buffer) =>
	app.request
		.post(`/api/v1/imports/${id}/evidence`)
		.set({ ...asBytes, Authorization: `Bearer ${staff.key}` })
		.send(bytes)

const evidenceOf = async (id: number) =>
	(await app.db.selectFrom('import_evidence').select('sealed').where('import_id', '=', id).executeTakeFirst())
		?.sealed

describe('Evidence of consent', () => {
	it('is kept encrypted, handed out as what its bytes are, never to be shown, and removed', async () => {
		const { id } = await bringFile(app, 'email\nawa@proof.example\n')
		expect((await staff.call('get', `/imports/${id}/evidence`)).status).toBe(404)
		const kept = await bring(id, pdf)
		expect(kept.body.evidenceFile).toEqual({
			contentType: 'application/pdf',
			bytes: pdf.length,
			addedAt: expect.any(String),
			addedBy: expect.stringMatching(/^key:/),
		})
		expect(Buffer.from((await evidenceOf(id)) ?? '').includes('Awa')).toBe(false)
		const { headers, body } = await app.request
			.get(`/api/v1/imports/${id}/evidence`)
			.set('Authorization', `Bearer ${staff.key}`)
			.buffer(true)
			.parse((answer, done) => {
				const chunks: Buffer[] = []
				answer.on('data', (chunk) => chunks.push(chunk)).on('end', () => done(null, Buffer.concat(chunks)))
			})
		expect(body.equals(pdf)).toBe(true)
		expect(headers).toMatchObject({
			'content-type': 'application/pdf',
			'content-disposition': `attachment; filename="import-${id}-evidence.pdf"`,
			'x-content-type-options': 'nosniff',
			'cache-control': 'no-store',
		})
		const png = await bring(id, Buffer.from('89504e470d0a1a0a00', 'hex'))
		expect(png.body.evidenceFile).toMatchObject({ contentType: 'image/png', bytes: 9 })
		const removed = await staff.call('delete', `/imports/${id}/evidence`)
		expect([removed.body.evidenceFile, await evidenceOf(id)]).toEqual([null, undefined])
		const log = await listAudit(app, { subject: `import:${id}`, limit: 50 })
		expect(log.map(({ action, detail }) => `${action} ${detail ?? ''}`)).toEqual(
			expect.arrayContaining([
				'remove evidence',
				'export evidence',
				`upload evidence, application/pdf, ${pdf.length} bytes`,
			]),
		)
	})

	it('is a PDF or a picture of up to 5 MB, whatever it calls itself, and nothing else is kept', async () => {
		const { id } = await bringFile(app, 'email\nbo@proof.example\n')
		for (const bytes of [
			Buffer.from('<svg onload="alert(1)"/>'),
			Buffer.from('<html>%PDF-1.7'),
			Buffer.alloc(0),
			Buffer.concat([pdf, Buffer.alloc(5_000_000)]),
		]) {
			const answer = await bring(id, bytes)
			expect([answer.status, answer.body.fields?.[0]?.field]).toEqual([422, 'evidenceFile'])
		}
		expect(await evidenceOf(id)).toBeUndefined()
	})

	it('needs the permissions of readers', async () => {
		const { id } = await bringFile(app, 'email\ncy@proof.example\n')
		await bring(id, pdf)
		const { key } = await createApiKey(app, { name: 'reads', scopes: ['stories.read'] }, operator)
		await app.request.get(`/api/v1/imports/${id}/evidence`).set('Authorization', `Bearer ${key}`).expect(403)
		const viewer = await signInAs(app, 'viewer')
		await viewer.get(`/console/imports/${id}/evidence`).expect(403)
		const other = await makeNewsletter(app)
		const elsewhere = await signInAs(app, 'approver', { newsletters: [other.slug] })
		await elsewhere.get(`/console/imports/${id}/evidence`).expect(404)
		await elsewhere.post(`/console/imports/${id}/evidence/remove`).expect(404)
	})

	it('goes with a file that is dropped, and once nobody of the import is on record', async () => {
		const dropped = await bringFile(app, 'email\ndi@proof.example\n')
		await bring(dropped.id, pdf)
		await staff.call('delete', `/imports/${dropped.id}`)
		expect(await evidenceOf(dropped.id)).toBeUndefined()

		const stays = await importFile(app, 'email\nstays@proof.example\n')
		const goes = await importFile(app, 'email\ngoes@proof.example\n')
		await bring(stays.id, pdf)
		await bring(goes.id, pdf)
		await beginUndo(app, goes.id, operator)
		await app.drain()
		const later = { ...app, clock: { ...app.clock, now: () => addDays(app.clock.now(), 31) } }
		await pruneImports(app)
		expect(await evidenceOf(goes.id)).toBeDefined()
		await pruneImports(later)
		expect(await evidenceOf(goes.id)).toBeUndefined()
		expect(await evidenceOf(stays.id)).toBeDefined()
	})

	it('comes by the form of the console with the rest of it, and counts as proof', async () => {
		const { id } = await bringFile(app, 'email\nform@proof.example\n', { basis: { kind: 'unsure' } })
		const path = `/console/imports/${id}`
		const send = (file: Buffer) =>
			app.request
				.post(path)
				.set('Cookie', approver.cookies())
				.set('Sec-Fetch-Site', 'same-origin')
				.field('do', 'run')
				.field('basis', 'asked')
				.field('day', '2024-03-01')
				.field('words', '')
				.attach('evidenceFile', file, { filename: '<b>.html', contentType: 'text/html' })
		const refused = await send(Buffer.from('<html>'))
		expect([refused.status, refused.text.includes('id="evidenceFile-mistake"')]).toEqual([422, true])
		await send(pdf).expect(303)
		await app.drain()
		const page = (await approver.get(path).expect(200)).text
		expect(page).toContain(`href="${path}/evidence"`)
		const file = await approver.get(`${path}/evidence`).expect(200)
		expect(file.headers['content-disposition']).toContain('attachment')
		await approver.post(`${path}/evidence/remove`).expect(303)
		expect((await approver.get(path).expect(200)).text).not.toContain(`href="${path}/evidence"`)
	})
})
