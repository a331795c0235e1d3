import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { insertEvent, type NewEvent } from '../../../src/bounces/store/events.ts'
import { insertReport } from '../../../src/bounces/store/reports.ts'
import { bounceClasses, type EventEffect } from '../../../src/kernel/enumerations.ts'
import { hashAddress } from '../../../src/kernel/keys.ts'
import type { Newsletter } from '../../../src/newsletters/index.ts'
import { type ConsoleBrowser, signInAs } from '../../support/console-browser.ts'
import { makeNewsletter, makeReader } from '../../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

let app: TestApp
let owner: ConsoleBrowser
beforeAll(async () => {
	app = await startTestApp({ workers: false })
	owner = await signInAs(app, 'owner')
})
afterAll(() => app?.close())

let made = 0

/** An event, proven to be about mail of ours where nothing else is said. */
async function makeEvent(changes: Partial<NewEvent>, effect: EventEffect = 'none'): Promise<number> {
	made += 1
	const at = app.clock.now()
	const id = await insertEvent(app.db, {
		...{ externalId: `event ${made}`, via: 'inbound', kind: 'bounce', class: 'mailbox-full', hard: false },
		...{ status: '4.2.2', reply: '452', diagnostic: 'over quota', matchedBy: 'return_path', digestId: null },
		...{ subscriptionId: null, addressHash: null, domain: 'x.example', occurredAt: at, recordedAt: at },
		...changes,
	})
	await app.db
		.updateTable('bounce_events')
		.set({ effect })
		.where('id', '=', id ?? 0)
		.execute()
	return id ?? 0
}

async function makeDigest(newsletterId: number): Promise<number> {
	const { rows } = await sql<{ id: number }>`
		insert into digests (newsletter_id, public_id, state, trigger, completed_at)
		values (${newsletterId}, ${`r-${newsletterId}-${++made}`}, 'completed', 'staff', now()) returning id`.execute(
		app.db,
	)
	return rows[0]?.id ?? 0
}

const pathOf = ({ slug }: Newsletter, query = '') => `/console/newsletters/${slug}/returned${query}`

const rowsOf = (text: string) => text.match(/<tr><th scope="row">/g)?.length ?? 0

describe('returned mail', () => {
	it('of a newsletter says what each means, what followed, whose it was, and in the server’s words', async () => {
		const [newsletter, other] = [await makeNewsletter(app), await makeNewsletter(app)]
		const digestId = await makeDigest(newsletter.id)
		const subscriptionId = await makeReader(app, newsletter.id, { address: 'Full@x.example' })
		const addressHash = hashAddress(app.keys, 'full@x.example')
		await makeEvent({ digestId, subscriptionId, addressHash, diagnostic: 'box <b>full</b>' })
		await makeEvent({ digestId, class: 'address', hard: true, status: '5.1.1', reply: '550' }, 'suppressed')
		await makeEvent({ subscriptionId, addressHash, class: 'temporary' })
		await makeEvent({ digestId: await makeDigest(other.id), diagnostic: 'of others' })
		await makeEvent({ digestId, kind: 'delivered', diagnostic: 'all is well' })
		const approver = await signInAs(app, 'approver', { newsletters: [newsletter.slug] })
		const { text } = await approver.get(pathOf(newsletter)).expect(200)
		expect(rowsOf(text)).toBe(3)
		expect(text).toMatch(
			/readers\/\d+">Full@x\.example<\/a>.*The mailbox is full.*452 4\.2\.2 box &lt;b&gt;full/s,
		)
		expect(text).toMatch(
			/A reader who is gone \(x\.example\).*The address does not exist.*Not mailed any more\./s,
		)
		expect(text).toContain('Another mail')
		expect(text).not.toContain('of others')
		await approver.get(pathOf(other)).expect(404)
		await approver.get('/console/returned').expect(403)
	})

	it('is filtered by meaning, days in the newsletter’s zone, and digest', async () => {
		const newsletter = await makeNewsletter(app, {
			schedule: { cron: '0 7 * * 4', timeZone: 'America/Montreal' },
		})
		const digestId = await makeDigest(newsletter.id)
		const at = (time: string) => ({ digestId, occurredAt: new Date(time) })
		await makeEvent({ ...at('2026-03-05T04:30:00Z'), diagnostic: 'late on the 4th' })
		await makeEvent({ ...at('2026-03-05T12:00:00Z'), diagnostic: 'on the 5th', class: 'content' })
		await makeEvent({ ...at('2026-03-06T05:30:00Z'), diagnostic: 'early on the 6th' })
		await makeEvent({ digestId: await makeDigest(newsletter.id), diagnostic: 'another digest' })
		const found = async (query: string) => {
			const { text } = await owner.get(pathOf(newsletter, query)).expect(200)
			return ['late on the 4th', 'on the 5th', 'early on the 6th', 'another digest'].filter((words) =>
				text.includes(words),
			)
		}
		expect(await found('?from=2026-03-05&to=2026-03-05')).toEqual(['on the 5th'])
		expect(await found('?to=2026-03-04')).toEqual(['late on the 4th'])
		expect(await found('?class=content')).toEqual(['on the 5th'])
		expect(await found(`?digest=${digestId}&from=2026-03-06`)).toEqual(['early on the 6th'])
	})

	it.each([
		['class=nonsense', 'This is none of the meanings there are.'],
		['from=2026-02-30', 'This is no day of the calendar.'],
		['to=yesterday', 'This is no day of the calendar.'],
		['digest=-1', 'This is no number of a digest.'],
		['after=x', 'This isn’t the “next” value of an earlier page.'],
	])('shows nothing for %s, and says why', async (query, why) => {
		const newsletter = await makeNewsletter(app)
		await makeEvent({ digestId: await makeDigest(newsletter.id) })
		const { status, text } = await owner.get(pathOf(newsletter, `?${query}`))
		expect(status).toBe(422)
		expect(text).toContain(why)
		expect(rowsOf(text)).toBe(0)
	})

	it('is paged, and the filters stay', async () => {
		const newsletter = await makeNewsletter(app)
		const digestId = await makeDigest(newsletter.id)
		for (let index = 0; index < 53; index++) await makeEvent({ digestId, diagnostic: `number ${index}.` })
		const first = await owner.get(pathOf(newsletter, '?class=mailbox-full')).expect(200)
		expect(rowsOf(first.text)).toBe(50)
		const [, next = ''] = /href="([^"]+after=[^"]+)"/.exec(first.text) ?? []
		expect(next).toContain('class=mailbox-full')
		const second = await owner.get(next.replaceAll('&amp;', '&')).expect(200)
		expect(rowsOf(second.text)).toBe(3)
		expect(second.text).toContain('number 0.')
	})

	it('is led to from the report, by digest and by reason, for who may see addresses', async () => {
		const newsletter = await makeNewsletter(app)
		const digestId = await makeDigest(newsletter.id)
		await makeEvent({ digestId })
		const report = await owner.get(`/console/digests/${digestId}`).expect(200)
		expect(report.text).toContain(`href="${pathOf(newsletter)}?digest=${digestId}&amp;class=mailbox-full"`)
		const viewer = await signInAs(app, 'viewer')
		expect((await viewer.get(`/console/digests/${digestId}`).expect(200)).text).not.toContain('/returned')
	})

	it('has words for every meaning', () => {
		const keys = bounceClasses.flatMap((each) => [`returns.${each}.title`, `returned.follows.${each}`])
		expect(keys.filter((key) => !app.messages.has(`console.${key}`))).toEqual([])
	})
})

describe('unrecognised reports', () => {
	it('are those that nothing proves, wait to be read or could not be; one can be read as it came', async () => {
		const report = { via: 'inbound' as const, receivedAt: app.clock.now() }
		const kept = await insertReport(app.db, {
			...report,
			contentHash: 'a',
			raw: Buffer.from('From: x'),
			kind: 'bounce',
		})
		await insertReport(app.db, { ...report, contentHash: 'b', raw: Buffer.from('?'), kind: null })
		await insertReport(app.db, { ...report, contentHash: 'c', raw: Buffer.from('?'), kind: null })
		await app.db
			.updateTable('bounce_reports')
			.set({ kind: 'unreadable' })
			.where('content_hash', '=', 'c')
			.execute()
		const id = await makeEvent({ matchedBy: null, diagnostic: 'forged <i>words</i>' })
		await app.db.updateTable('bounce_events').set({ report_id: kept.id }).where('id', '=', id).execute()
		const { text } = await owner.get('/console/returned').expect(200)
		expect(text).toContain('forged &lt;i&gt;words')
		expect(text).toContain('One report waits to be read.')
		expect(text).toContain('One report could not be read.')
		const raw = await owner.get(`/console/returned/${id}/report`).expect(200)
		expect(raw.headers['content-disposition']).toContain(`report-${id}.eml`)
		const acts = await app.db
			.selectFrom('audit_entries')
			.select('action')
			.where('subject', '=', `bounce:${id}`)
			.execute()
		expect(acts).toEqual([{ action: 'read report' }])
		expect((await owner.get('/console/returned?after=x')).status).toBe(422)
	})
})
