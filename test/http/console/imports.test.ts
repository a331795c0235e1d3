import supertest from 'supertest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listAudit } from '../../../src/audit/index.ts'
import { operator } from '../../../src/kernel/actor.ts'
import { unsubscribe, unsubscribeUrl } from '../../../src/subscriptions/index.ts'
import { type ConsoleBrowser, signInAs } from '../../support/console-browser.ts'
import { holdSending } from '../../support/hold-sending.ts'
import { makeNewsletter, makeReader } from '../../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

const table = `E-mail;Langue;Prénom;Inscrit le
awa.diop@post.example;fr;Awa;14/10/2024
T.Brandt@ngo.example;anglais;Thomas;15/10/2024
p.lambert@post.example;fr;;15/10/2024
aissatou.ba@;fr;;15/10/2024
awa.diop@POST.example;fr;;16/10/2024
`

let app: TestApp
let approver: ConsoleBrowser
let slug: string
let newsletterId: number
beforeAll(async () => {
	app = await startTestApp()
	const newsletter = await makeNewsletter(app)
	slug = newsletter.slug
	newsletterId = newsletter.id
	approver = await signInAs(app, 'approver')
	await makeReader(app, newsletter.id, { address: 't.brandt@ngo.example' })
	const left = await makeReader(app, newsletter.id, { address: 'p.lambert@post.example' })
	const token = unsubscribeUrl(app, { subscriptionId: left, digestId: 0 }).split('/').at(-1) ?? ''
	await unsubscribe(app, { token, page: 'one-click', ip: '192.0.2.1' })
})
afterAll(() => app?.close())

/** Brings a file by the form, and gives the path of its page. */
async function bring(content: string | Buffer, browser = approver): Promise<supertest.Response> {
	return supertest(app.url)
		.post(`/console/newsletters/${slug}/imports`)
		.set('Cookie', browser.cookies())
		.set('Accept-Language', 'en')
		.set('Sec-Fetch-Site', 'same-origin')
		.attach('file', Buffer.from(content), { filename: 'conférence <b>.csv' })
}

async function checked(content: string): Promise<string> {
	const { headers, status, text } = await bring(content)
	expect([status, text]).toEqual([303, expect.anything()])
	await app.drain()
	return headers.location ?? ''
}

const addresses = async () =>
	(
		await app.db
			.selectFrom('subscriptions')
			.innerJoin('subscribers', 'subscribers.id', 'subscriber_id')
			.select(['comparable_address', 'subscriptions.state', 'subscriptions.locale'])
			.where('newsletter_id', '=', newsletterId)
			.orderBy('comparable_address')
			.execute()
	).map((row) => `${row.comparable_address} ${row.state} ${row.locale}`)

describe('a file of readers', () => {
	it('is looked at, checked, imported, corrected and taken back, and each step is in the log', async () => {
		const before = await addresses()
		const path = await checked(table)
		const page = (await approver.get(path).expect(200)).text
		expect(page).toContain('conférence &lt;b&gt;.csv, 5 rows')
		expect(page).toMatch(/<option value="language" selected>/)
		expect(page).toMatch(
			/Added<\/th><td>1<\/td>.*already<\/th><td>1<.*stay out<\/th><td>1<.*be used<\/th><td>1<.*Twice[^<]*<\/th><td>1<.*Rows<\/th><td>5</s,
		)
		expect(page).toContain('Import one reader')
		expect(await addresses()).toEqual(before)
		// what allows it is asked for, at its field, with what was typed
		const refused = await approver.post(path, { do: 'run' }).expect(422)
		expect(refused.text).toContain('href="#basis"')
		const wordless = await approver.post(path, { do: 'run', basis: 'asked', day: '2024-02-30' }).expect(422)
		expect(wordless.text).toContain('id="day-mistake"')
		expect(wordless.text).toContain('value="2024-02-30"')
		const basis = { basis: 'asked', words: 'At our stand <i>', evidence: 'folder 3', day: '' }
		await approver
			.post(path, { do: 'run', ...basis })
			.expect(303)
			.expect('location', path)
		await app.drain()
		const result = (await approver.get(path).expect(200)).text
		expect(result).toContain(
			'<strong>1</strong> person is a reader now. 1 was already. <strong>3</strong> rows were not taken over',
		)
		expect(result).toContain('At our stand &lt;i&gt;')
		expect(result).toContain('Had left here: stays out')
		expect(result).toContain('The part after the @ is missing.')
		expect(await addresses()).toEqual([...before, 'awa.diop@post.example active fr'].sort())
		// the number is that of the row, not of the line
		const wrong = await approver.post(`${path}/rows/4`, { address: 'aissatou.ba@@post.example' }).expect(422)
		expect(wrong.text).toContain('id="address-4-mistake"')
		expect(wrong.text).toContain('value="aissatou.ba@@post.example"')
		await approver.post(`${path}/rows/4`, { address: 'aissatou.ba@post.example' }).expect(303)
		expect(await addresses()).toContain('aissatou.ba@post.example active fr')
		const report = (await approver.get(`${path}/report.csv`).expect(200)).text
		expect(report.trim().split('\r\n')).toHaveLength(6)
		expect(result).toContain(`href="${path}/unusable.csv"`)
		const { headers, text } = await approver.get(`${path}/unusable.csv`).expect(200)
		expect(headers['content-disposition']).toMatch(/^attachment; filename="import-\d+-unusable.csv"$/)
		expect(text).toContain('"line";"reason"')
		await approver.post(`${path}/undo`).expect(303)
		await app.drain()
		expect((await approver.get(path)).text).toContain('2 were taken back. Nobody stays.')
		expect(await addresses()).toEqual(before)
		const id = path.split('/').at(-1)
		const log = await listAudit(app, { subject: `import:${id}`, limit: 50 })
		expect(log.map(({ action }) => action).reverse()).toEqual(
			expect.arrayContaining(['upload', 'check', 'change', 'import', 'correct', 'export', 'undo-import']),
		)
	})

	it('shows its first rows as the readers that they make, in the words of the language, with what happens to each', async () => {
		const path = await checked(
			'E-mail;Langue;Prénom;Inscrit le;Statut\nzoe@post.example;FR-ca;Zoé;05/06/2024;abonnée\nbo@@post.example;en;Bo;14/06/2024;purple\n',
		)
		const shown = (text: string) =>
			[
				...(/<table class="list first-rows">.*?<\/table>/s.exec(text)?.[0] ?? '').matchAll(/<tr>.*?<\/tr>/gs),
			].map(([row]) =>
				row
					.replace(/<[^>]+>/g, ' ')
					.replace(/\s+/g, ' ')
					.trim(),
			)
		expect(shown((await approver.get(path).expect(200)).text)).toEqual([
			'Row Address Given name Language Day of consent What happens',
			'2 zoe@post.example Zoé French 5 Jun 2024 Added',
			'3 bo@@post.example What stands in the column of the state is not known.',
		])
		await approver.post(path, { do: 'check', column_4: 'left_out', column_2: 'left_out' }).expect(303)
		await app.drain()
		const [head, , second] = shown((await approver.get(path).expect(200)).text)
		expect(head).not.toContain('Given name')
		expect(second).toContain('14 Jun 2024')
		await approver.post(`${path}/drop`).expect(303)
	})

	it('of which no row tells the order of days asks for it, with what is usual, and says what proves it', async () => {
		const path = await checked('email,joined\nd1@post.example,05/06/2024\n')
		const page = (await approver.get(path).expect(200)).text
		expect(page).toContain('Which day is 05/06/2026?')
		expect(page).toMatch(/name="dates" value="month_first" checked/)
		expect(page).toContain('6 May is what is usual')
		const consent = { basis: 'asked', words: 'w' }
		await approver.post(path, { do: 'run', ...consent, dates: 'day_first' }).expect(303)
		await app.drain()
		const again = (await approver.get(path).expect(200)).text
		expect(again).toContain('are read as 5 June, as you said.')
		expect(again).toContain('Import one reader')
		await approver.post(`${path}/drop`).expect(303)
		const proven = await checked('email,joined\nd1@post.example,14/06/2024\n')
		expect((await approver.get(proven).expect(200)).text).toContain('are read as 5 June: line 2 proves it.')
		await approver.post(`${proven}/drop`).expect(303)
	})

	it('is checked again where its columns are others, and nobody is added by a form that changes them', async () => {
		const path = await checked('who;mail2\nAna;ana@post.example\n')
		const page = (await approver.get(path).expect(200)).text
		expect(page).toContain('Import one reader')
		const consent = { basis: 'asked', words: 'w', day: '2024-03-01' }
		const fields = { do: 'run', ...consent, column_0: 'given_name', column_1: 'address' }
		await approver.post(path, fields).expect(303)
		await app.drain()
		const again = (await approver.get(path).expect(200)).text
		expect(again).toMatch(/name="column_0".*?<option value="given_name" selected>/s)
		expect(again).toContain('Import one reader')
		expect(await addresses()).not.toContain('ana@post.example active en')
		await approver.post(path, { do: 'check', column_1: 'left_out' }).expect(422)
		await approver.post(`${path}/drop`).expect(303).expect('location', `/console/newsletters/${slug}/imports`)
		await approver.get(path).expect(404)
	})

	it('that is none of readers is refused on the same page, with what to do', async () => {
		for (const [content, why] of [
			['', 'This file is empty.'],
			[Buffer.from('504b030414000600', 'hex'), 'This is a workbook of a spreadsheet'],
			['email,name\n', 'This file has no rows below its headings.'],
		] as const) {
			const { status, text } = await bring(content)
			expect([status, text.includes(why), text.includes('id="file-mistake"')]).toEqual([422, true, true])
		}
		// without a column of addresses it can be told which one that is
		const path = await checked('name,note\nAna,x\n')
		expect((await approver.get(path).expect(200)).text).toContain('id="columns"')
		await approver.post(`${path}/drop`).expect(303)
	})

	it('of people nobody is sure of asks each of them, so many a day', async () => {
		const path = await checked('email\none@post.example\ntwo@post.example\nthree@post.example\n')
		await approver.post(path, { do: 'run', basis: 'unsure', perDay: 'many' }).expect(422)
		await approver.post(path, { do: 'run', basis: 'unsure', perDay: '2' }).expect(303)
		await app.drain()
		// spread over the day
		expect((await addresses()).filter((line) => line.includes('pending'))).toHaveLength(1)
		const page = (await approver.get(path).expect(200)).text
		expect(page).toContain('2 people are asked to confirm a day.')
		await approver.post(`${path}/undo`).expect(303)
		await app.drain()
		expect((await addresses()).filter((line) => line.includes('pending'))).toEqual([])
	})

	it('of people nobody is sure of waits while sending is held, and says why', async () => {
		const path = await checked('email\nfour@post.example\n')
		await holdSending(app)
		await approver.post(path, { do: 'run', basis: 'unsure', perDay: '2' }).expect(303)
		await app.drain()
		const page = (await approver.get(path).expect(200)).text
		expect(page).toContain('These people are not asked for now')
		expect(page).toContain('a backup was restored')
		expect(page).not.toContain('2 people are asked to confirm a day.')
		await app.installation.release(operator)
		await app.jobs.enqueue('reconcile', {})
		await app.drain()
		expect(await addresses()).toContain('four@post.example pending en')
		await approver.post(`${path}/undo`).expect(303)
		await app.drain()
	})

	it('is for who may see addresses, of their newsletters, and from our own pages', async () => {
		const editor = await signInAs(app, 'editor')
		expect((await bring(table, editor)).status).toBe(403)
		const other = await makeNewsletter(app)
		const elsewhere = await signInAs(app, 'approver', { newsletters: [other.slug] })
		expect((await bring(table, elsewhere)).status).toBe(404)
		const path = await checked(table)
		await elsewhere.get(path).expect(404)
		await elsewhere.post(path, { do: 'run', basis: 'asked', words: 'w' }).expect(404)
		await elsewhere.post(`${path}/undo`).expect(404)
		await elsewhere.get(`${path}/report.csv`).expect(404)
		await elsewhere.get(`${path}/unusable.csv`).expect(404)
		await approver.post(path, { do: 'run' }).set('Sec-Fetch-Site', 'cross-site').expect(403)
		await supertest(app.url)
			.post(`/console/newsletters/${slug}/imports`)
			.set('Cookie', approver.cookies())
			.set('Sec-Fetch-Site', 'cross-site')
			.attach('file', Buffer.from(table), 'a.csv')
			.expect(403)
	})
})
