import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { hashAddress } from '../../../src/kernel/keys.ts'
import { findSuppression, suppress } from '../../../src/suppressions/index.ts'
import { type StaffCalls, staffOf } from '../../support/staff-client.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

let app: TestApp
let staff: StaffCalls
beforeAll(async () => {
	app = await startTestApp({ workers: false })
	staff = await staffOf(app)
})
afterAll(() => app?.close())
beforeEach(async () => {
	await app.db.deleteFrom('suppressions').execute()
	await app.db.deleteFrom('audit_entries').execute()
})

const hashOf = (address: string) => hashAddress(app.keys, address)
const standing = (address: string) => findSuppression(app.db, hashOf(address))
const audits = () =>
	app.db.selectFrom('audit_entries').select(['action', 'subject', 'detail']).orderBy('id').execute()

async function dead(address: string): Promise<void> {
	await suppress(app.db, {
		addressHash: hashOf(address),
		reason: 'dead_address',
		evidence: 'bounce event 7: address 5.1.1 inbound',
		at: app.clock.now(),
	})
}

function importTable(text: string | Buffer) {
	return app.request
		.post('/api/v1/suppressions/import')
		.set('Authorization', `Bearer ${staff.key}`)
		.type('text/csv')
		.send(text)
}

describe('suppressions over the staff API', () => {
	it('are added, found and lifted with a reason, and all of it is written down without an address', async () => {
		const added = await staff.call('post', '/suppressions', {
			address: 'Ann@Example.org',
			note: 'asked by phone',
		})
		expect([added.status, added.body]).toEqual([201, { addressHash: hashOf('ann@example.org') }])
		expect((await staff.call('post', '/suppressions', { address: 'ann@example.org' })).status).toBe(200)
		const found = await staff.call('post', '/suppressions/find', { address: 'ann@example.org' })
		expect(found.body).toMatchObject({ suppression: { reason: 'staff' } })
		const lifted = await staff.call('post', '/suppressions/lift', {
			address: 'ann@example.org',
			reason: 'she called again',
		})
		expect(lifted.status).toBe(200)
		expect(await standing('ann@example.org')).toBeUndefined()
		const again = await staff.call('post', '/suppressions/find', { address: 'ann@example.org' })
		expect(again.body.suppression).toBeNull()

		const subject = `suppression:${hashOf('ann@example.org')}`
		expect(await audits()).toEqual([
			{ action: 'suppress', subject, detail: 'asked by phone' },
			{ action: 'lift', subject, detail: 'she called again' },
		])
		const listed = await staff.call('get', '/suppressions?lifted=true')
		expect(listed.body.items).toMatchObject([{ reason: 'staff', evidence: 'asked by phone' }])
		expect(JSON.stringify(listed.body) + app.logged.join()).not.toMatch(/ann@/i)
	})

	it('are lifted by the hash that the list shows too', async () => {
		await dead('bob@example.org')
		const { body } = await staff.call('get', '/suppressions')
		const { addressHash } = body.items[0]
		await staff.call('post', '/suppressions/lift', { addressHash, reason: 'their server is repaired' })
		expect(await standing('bob@example.org')).toBeUndefined()
	})

	it('are listed newest first, a page at a time, by reason', async () => {
		for (const name of ['a', 'b', 'c']) {
			await dead(`${name}@example.org`)
			app.clock.advance({ seconds: 1 })
		}
		await staff.call('post', '/suppressions', { address: 'd@example.org' })
		const first = await staff.call('get', '/suppressions?reason=dead_address&limit=2')
		const second = await staff.call(
			'get',
			`/suppressions?reason=dead_address&limit=2&after=${first.body.next}`,
		)
		const hashes = [...first.body.items, ...second.body.items].map(({ addressHash }) => addressHash)
		expect(hashes).toEqual(['c', 'b', 'a'].map((name) => hashOf(`${name}@example.org`)))
		expect(second.body.next).toBeNull()
	})

	it('say what is wrong with what they are given', async () => {
		const wrong = async (path: string, body: object) => {
			const { status, body: answer } = await staff.call('post', path, body)
			return [status, answer.fields?.map(({ field }: { field: string }) => field)]
		}
		expect(await wrong('/suppressions', { address: 'nobody' })).toEqual([422, ['address']])
		expect(await wrong('/suppressions', { address: 'a@b.example', note: 'ask bob@b.example' })).toEqual([
			422,
			['note'],
		])
		expect(await wrong('/suppressions/lift', { address: 'a@b.example', reason: 'no' })).toEqual([
			422,
			['reason'],
		])
		expect(await wrong('/suppressions/lift', { reason: 'why not' })).toEqual([422, ['address']])
		expect(await wrong('/suppressions/lift', { address: 'a@b.example', reason: 'why not' })).toEqual([
			404,
			[],
		])
		expect((await staff.call('get', '/suppressions?after=yesterday')).status).toBe(422)
	})
})

describe('tables of suppressions', () => {
	it('are imported with what they tell, and what can’t be used is told and left out', async () => {
		await dead('known@example.org')
		const table = [
			'Email;Reason;Since',
			'known@example.org;dead_address;',
			'"Quoted@Example.org";complaint;2024-02-03T04:05:06Z',
			'plain@example.org;;',
			'no address;;',
			'x@example.org;boredom;',
			'y@example.org;staff;tomorrow',
			'',
		].join('\r\n')
		const { status, body } = await importTable(table)
		expect(status).toBe(200)
		expect(body).toMatchObject({ added: 2, known: 1, refusedCount: 3 })
		expect(body.refused.map(({ line }: { line: number }) => line)).toEqual([5, 6, 7])
		expect(body.refused[1].message).toContain('dead_address, mailbox_unusable, complaint, staff and erased')
		expect(await standing('quoted@example.org')).toEqual({
			reason: 'complaint',
			since: new Date('2024-02-03T04:05:06Z'),
		})
		expect(await standing('plain@example.org')).toMatchObject({ reason: 'staff' })
		expect(await audits()).toEqual([
			{ action: 'import', subject: 'suppressions', detail: 'added 2, known 1, refused 3' },
		])
	})

	it('are read as imports of readers are: any encoding and separator, quotes with line ends, lines in quotes', async () => {
		const table = 'Prénom\tCourriel\r\n"Zoé\nde Lyon"\tZoe <zoe@example.org>\r\nÉric\teric@example.org\r\n'
		const utf16 = Buffer.from(`\ufeff${table}`, 'utf16le')
		expect((await importTable(utf16)).body).toMatchObject({ added: 2, refusedCount: 0 })
		expect((await importTable(Buffer.from(table, 'latin1'))).body).toMatchObject({ added: 0, known: 2 })
		const wrapped = '"email,reason"\n"zoe@example.org,staff"\n"new@example.org,complaint"\n'
		expect((await importTable(wrapped)).body).toMatchObject({ added: 1, known: 1, refusedCount: 0 })
		expect(await standing('new@example.org')).toMatchObject({ reason: 'complaint' })
		const broken = await importTable('email,note\na1@example.org,"never closed\na2@example.org,fine\n')
		expect(broken.body).toMatchObject({ added: 1, refusedCount: 1, refused: [{ line: 2 }] })
		const workbook = await importTable(Buffer.from('504b030414000600', 'hex'))
		expect([workbook.status, workbook.body.fields[0].message]).toEqual([
			422,
			expect.stringMatching(/CSV UTF-8/),
		])
	})

	it('may be nothing but addresses, one a line', async () => {
		expect((await importTable('\uFEFFa@example.org\nb@example.org\n\nb@example.org\n')).body).toMatchObject({
			added: 2,
		})
		expect((await importTable('name,town\nAnn,Paris\n')).status).toBe(422)
		expect((await importTable('\n\n')).status).toBe(422)
	})

	it('come out as they went in, page by page: hashes of use to the same installation', async () => {
		for (let n = 0; n < 25; n++) {
			await dead(`reader${n}@example.org`)
			app.clock.advance({ seconds: 1 })
		}
		const before = await app.db.selectFrom('suppressions').selectAll().orderBy('address_hash').execute()
		const texts: string[] = []
		for (let path = '/suppressions.csv?limit=10'; path; ) {
			const { text, headers } = await staff.call('get', path)
			expect(headers['content-type']).toMatch(/^text\/csv/)
			texts.push(text)
			path = /<\/api\/v1([^>]+)>; rel="next"/.exec(headers.link ?? '')?.[1] ?? ''
		}
		expect(texts).toHaveLength(3)
		expect(texts.join()).not.toContain('@')
		await app.db.deleteFrom('suppressions').execute()
		for (const text of texts) await importTable(text)
		const after = await app.db.selectFrom('suppressions').selectAll().orderBy('address_hash').execute()
		expect(after).toEqual(before.map((row) => ({ ...row, evidence: 'import' })))
	})

	it('take in thousands of lines at once', async () => {
		const lines = Array.from({ length: 3_000 }, (_, n) => `reader${n}@example.org`)
		expect((await importTable(lines.join('\n'))).body).toMatchObject({
			added: 3_000,
			known: 0,
			refusedCount: 0,
		})
		expect((await importTable(lines.join('\n'))).body).toMatchObject({ added: 0, known: 3_000 })
	})
})
