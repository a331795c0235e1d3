import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { operator } from '../../src/kernel/actor.ts'
import { type ConsoleBrowser, signInAs } from '../support/console-browser.ts'
import { makeNewsletter } from '../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'

// what staff can read while an embedded database has too little room to store anything

const [much, little] = [1_000_000_000, 30_000_000]
const notice = 'The disk of the database is nearly full'

let free = much
let app: TestApp
let owner: ConsoleBrowser
beforeAll(async () => {
	app = await startTestApp({ workers: false, freeBytes: () => free })
	owner = await signInAs(app, 'owner')
	await makeNewsletter(app, { slug: 'news' })
})
beforeEach(() => {
	free = much
})
afterAll(() => app?.close())

it.each([
	'/console/system',
	'/console/newsletters/news',
	'/console/newsletters/news/digests',
	'/console/newsletters/news/readers',
	'/console/audit',
	'/console/help',
])('%s is answered though the session can not be prolonged, and says why', async (path) => {
	expect((await owner.get(path).expect(200)).text).not.toContain(notice)
	app.clock.advance({ seconds: 90 })
	// whether sending is held is to be looked for anew
	await app.installation.release(operator)
	free = little
	const answer = await owner.get(path).expect(200)
	expect(answer.text).toContain(notice)
	expect(answer.headers['set-cookie'] ?? []).toEqual([])
	free = much
	const later = await owner.get(path).expect(200)
	expect(later.headers['set-cookie']).toHaveLength(1)
})

it('The page on the system says so once, as each page does, in the language of who reads', async () => {
	free = little
	const page = (await owner.get('/console/system').expect(200)).text
	expect(page.split(notice)).toHaveLength(2)
	free = much
	await owner.post('/console/account/language', { locale: 'fr' }).expect(303)
	free = little
	const french = (await owner.get('/console/system').expect(200)).text
	expect(french).toContain('Le disque de la base de données est presque plein\u00a0:')
})

it('Nothing is changed, and any other trouble with the session is not passed over', async () => {
	free = little
	await owner.post('/console/account/language', { locale: 'en' }).expect(503)
	free = much
	app.clock.advance({ seconds: 90 })
	const refuses = "check (last_seen_at < now() - interval '100 years') not valid"
	await sql.raw(`alter table staff_sessions add constraint refuses ${refuses}`).execute(app.db)
	await owner.get('/console/system').expect(500)
})
