import { request } from 'node:http'
import { Readable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readFileStream } from '../../../src/http/server/read-file-stream.ts'
import { operator } from '../../../src/kernel/actor.ts'
import { createApiKey } from '../../../src/staff/index.ts'
import { getImport } from '../../../src/subscriptions/index.ts'
import { makeNewsletter, makeReader } from '../../support/make-newsletter.ts'
import { type StaffCalls, staffOf } from '../../support/staff-client.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

let app: TestApp
let staff: StaffCalls
beforeAll(async () => {
	app = await startTestApp()
	staff = await staffOf(app)
	await makeNewsletter(app, { slug: 'news' })
})
afterAll(() => app?.close())

const path = '/newsletters/news/imports'
const asCsv = { 'Content-Type': 'text/csv' }
const basis = { kind: 'asked', day: '2024-03-01', evidence: 'paper forms' }

const upload = (csv: string) => staff.call('post', `${path}?fileName=old.csv`, csv, asCsv)

describe('an import through the API', () => {
	it('says of an empty file that it is empty', async () => {
		const { status, body } = await upload('')
		expect(status).toBe(422)
		expect(body.fields).toEqual([{ field: 'file', message: 'This file is empty.' }])
	})

	it('is brought, looked at, changed, checked, run, reported and taken back', async () => {
		const csv = 'E-mail;Prénom\nawa@api.example;Awa\n=cmd|calc;Luc\nluc@api.example;Luc\nnana@api.example;\n'
		const brought = await upload(csv)
		expect(brought.status, brought.text).toBe(201)
		expect(brought.body).toMatchObject({
			newsletter: 'news',
			fileName: 'old.csv',
			fileBytes: Buffer.byteLength(csv),
			state: 'looked',
			shape: { separator: ';', hasHeader: true, columns: ['address', 'given_name'] },
			outcomes: null,
			basis: null,
		})
		const { id } = brought.body
		const look = await staff.call('get', `/imports/${id}/look`)
		expect(look.body).toMatchObject({ headings: ['E-mail', 'Prénom'], system: null })
		expect(look.body.rows[0]).toEqual({ line: 2, cells: ['awa@api.example', 'Awa'] })

		expect((await staff.call('post', `/imports/${id}/run`)).status).toBe(409)
		const changed = await staff.call('patch', `/imports/${id}`, { columns: ['address', 'left_out'] })
		expect(changed.body.shape.columns).toEqual(['address', 'left_out'])
		expect((await staff.call('post', `/imports/${id}/check`)).status).toBe(202)
		await app.drain()
		const checked = (await staff.call('get', `/imports/${id}`)).body
		expect(checked).toMatchObject({ state: 'checked', rows: 4, outcomes: { new: 3, unusable: 1, known: 0 } })
		const sum = Object.values<number>(checked.outcomes).reduce((total, count) => total + count, 0)
		expect(sum).toBe(checked.rows)

		const without = await staff.call('post', `/imports/${id}/run`)
		expect([without.status, without.body.fields?.[0]?.field]).toEqual([422, 'basis'])
		const bad = await staff.call('patch', `/imports/${id}`, {
			basis: { kind: 'asked', day: '2999-01-01', words: 'x' },
		})
		expect([bad.status, bad.body.fields?.[0]?.field]).toEqual([422, 'day'])
		await staff.call('patch', `/imports/${id}`, { basis, overwrite: [] })
		expect((await staff.call('post', `/imports/${id}/run`)).status).toBe(202)
		await app.drain()
		expect((await staff.call('get', `/imports/${id}`)).body).toMatchObject({ state: 'done', position: 4 })

		const rows = await staff.call('get', `/imports/${id}/rows?outcome=unusable`)
		expect(rows.body.items).toMatchObject([{ line: 3, outcome: 'unusable', address: '=cmd|calc' }])
		expect(rows.body.items[0].reason).toMatch(/@/)
		const report = await staff.call('get', `/imports/${id}/report.csv`)
		expect(report.headers['content-disposition']).toContain(`import-${id}.csv`)
		const lines = report.text.trimEnd().split('\r\n')
		expect(lines).toHaveLength(5)
		// nothing that a spreadsheet would carry out
		expect(lines[2]).toContain(`"'=cmd|calc","unusable"`)

		expect((await staff.call('post', `/imports/${id}/undo`)).status).toBe(202)
		await app.drain()
		expect((await staff.call('get', `/imports/${id}`)).body).toMatchObject({
			state: 'undone',
			undone: { removed: 3, kept: 0 },
		})
		expect((await staff.call('get', path)).body.items[0]).toMatchObject({ id, state: 'undone' })
		expect((await staff.call('delete', `/imports/${id}`)).status).toBe(409)
	})

	it('takes the file of a form, with its name', async () => {
		const answer = await app.request
			.post(`/api/v1${path}`)
			.set('Authorization', `Bearer ${staff.key}`)
			.field('note', 'ours')
			.attach('file', Buffer.from('email\nform@api.example\n'), 'from-a-form.csv')
		expect(answer.status, answer.text).toBe(201)
		expect(answer.body).toMatchObject({ fileName: 'from-a-form.csv', fileBytes: 23 })
		expect((await staff.call('delete', `/imports/${answer.body.id}`)).status).toBe(204)
		expect((await staff.call('get', `/imports/${answer.body.id}`)).status).toBe(404)
	})

	it('says what is wrong with a file that is no table, and keeps nothing of it', async () => {
		const before = await app.db.selectFrom('imports').select('id').execute()
		const workbook = await upload('PK\u0003\u0004 a workbook')
		expect([workbook.status, workbook.body.fields?.[0]?.field]).toEqual([422, 'file'])
		expect((await upload('email\n')).status).toBe(422)
		expect((await staff.call('post', '/newsletters/none/imports', 'email\na@b.example', asCsv)).status).toBe(
			404,
		)
		expect(await app.db.selectFrom('imports').select('id').execute()).toEqual(before)
	})

	it('keeps nothing of a file whose sender goes away in the middle', async () => {
		const before = await app.db.selectFrom('import_file_parts').select('part').execute()
		const asked = request(`${app.url}/api/v1${path}`, {
			method: 'POST',
			headers: { ...asCsv, authorization: `Bearer ${staff.key}`, 'content-length': 5_000_000 },
		})
		asked.on('error', () => {})
		asked.write('email\n'.padEnd(900_000, 'a@b.example\n'))
		await wait(200)
		asked.destroy()
		await expect
			.poll(
				() =>
					app.logged.filter((line) => line.includes('imports') && line.includes('"method":"POST"')).length,
			)
			.toBeGreaterThan(0)
		expect(await app.db.selectFrom('import_file_parts').select('part').execute()).toEqual(before)
	})

	it('needs the permission to change readers', async () => {
		const { key } = await createApiKey(app, { name: 'reads', scopes: ['subscribers.read'] }, operator)
		const answer = await app.request
			.post(`/api/v1${path}`)
			.set({ ...asCsv, Authorization: `Bearer ${key}` })
			.send('email\na@b.example\n')
		expect(answer.status).toBe(403)
	})

	it('is nobody’s concern who may not see its newsletter', async () => {
		const { body } = await upload('email\nsecret@api.example\n')
		const member = { kind: 'member', id: 1, name: 'A', role: 'owner', newsletterIds: [] } as const
		await expect(getImport(app, body.id, member)).rejects.toMatchObject({ code: 'not_found' })
	})
})

describe('a file that streams in', () => {
	const send = (body: string) => {
		const stream = Object.assign(Readable.from(toStream(body)), { headers: { 'content-type': 'text/csv' } })
		return stream as never
	}
	async function* toStream(body: string) {
		for (let at = 0; at < body.length; at += 10) yield Buffer.from(body.slice(at, at + 10))
	}

	it('is refused where it is too large, at its first byte too many', async () => {
		const request = Object.assign(send('x'.repeat(100)), { unpipe: () => {}, resume: () => {} })
		const { content } = await readFileStream(request as never, 50)
		let bytes = 0
		const read = async () => {
			for await (const chunk of content) bytes += chunk.length
		}
		await expect(read()).rejects.toMatchObject({ code: 'too_large' })
		expect(bytes).toBe(50)
	})
})

it('makes no reader that staff did not ask for', async () => {
	const { id } = await app.db.selectFrom('newsletters').select('id').executeTakeFirstOrThrow()
	await makeReader(app, id, { address: 'only@api.example' })
	const persons = await app.db
		.selectFrom('subscribers')
		.select('comparable_address')
		.where('domain', '=', 'api.example')
		.execute()
	expect(persons).toEqual([{ comparable_address: 'only@api.example' }])
})
