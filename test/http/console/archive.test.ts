import { afterAll, beforeAll, expect, it } from 'vitest'
import { triggerDigest } from '../../../src/digests/index.ts'
import { operator } from '../../../src/kernel/actor.ts'
import type { Newsletter } from '../../../src/newsletters/index.ts'
import { type ConsoleBrowser, signInAs } from '../../support/console-browser.ts'
import { makeNewsletter, makeReader, makeStory } from '../../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

let app: TestApp
let approver: ConsoleBrowser
let newsletter: Newsletter
let id: number
let page: string
beforeAll(async () => {
	app = await startTestApp()
	approver = await signInAs(app, 'approver')
	newsletter = await makeNewsletter(app)
	await makeReader(app, newsletter.id, { address: 'awa@example.net' })
	await makeStory(app, newsletter.id, { title: 'A wel is dug', summary: 'By fourty women.' })
	const made = await triggerDigest(app, newsletter.id, { by: operator })
	if (made.kind !== 'created') throw new Error(made.kind)
	id = made.digest.id
	await app.drain()
	const { name } = await app.db.selectFrom('archive_pages').select('name').executeTakeFirstOrThrow()
	page = `/newsletters/${newsletter.slug}/en/archive/${name}`
})
afterAll(() => app?.close())

const actsOn = async () =>
	app.db
		.selectFrom('audit_entries')
		.select(['action', 'detail', 'changes'])
		.where('subject', '=', `digest:${id}`)
		.orderBy('id')
		.execute()

it('A digest is left out of the archive from its report, and put back; both are in the audit log', async () => {
	const report = await approver.get(`/console/digests/${id}`).expect(200)
	expect(report.text).toContain(`href="${page}"`)
	await approver.post(`/console/digests/${id}/archive`, { shown: 'no' }).expect(303)
	await app.request.get(page).expect(404)
	expect((await app.request.get(`/newsletters/${newsletter.slug}/en`)).text).not.toContain('A wel is dug')
	const without = await approver.get(`/console/digests/${id}`).expect(200)
	expect(without.text).not.toContain(`href="${page}"`)
	// twice is fine, and once in the log
	await approver.post(`/console/digests/${id}/archive`, { shown: 'no' }).expect(303)
	await approver.post(`/console/digests/${id}/archive`, { shown: 'yes' }).expect(303)
	await app.request.get(page).expect(200)
	expect((await actsOn()).map(({ action }) => action).slice(-2)).toEqual(['leave-out', 'put-back'])
})

it('A slip is mended in the copy on the web, which says so; its address stays, and the feed tells of it', async () => {
	const path = `/console/digests/${id}/archive/en`
	const form = await approver.get(path).expect(200)
	expect(form.text).toContain('value="A wel is dug"')
	const typed = { introduction: '', summary_1: 'By forty women.' }
	await approver.post(path, { ...typed, title: 'A wel is dug', title_1: 'A wel is dug' }).expect(303)
	const wrong = await approver.post(path, { ...typed, title: '', title_1: 'A well is dug' })
	expect(wrong.status).toBe(422)
	expect(wrong.text).toContain('href="#title"')
	expect(wrong.text).toContain('value="A well is dug"')
	app.clock.advance({ seconds: 60 })
	await approver.post(path, { ...typed, title: 'A well is dug', title_1: 'A well is dug' }).expect(303)
	const { text } = await app.request.get(page).expect(200)
	expect(text).toContain('By forty women.')
	expect(text).toMatch(/Corrected here on \d/)
	const feed = await (await fetch(`${app.url}/newsletters/${newsletter.slug}/en/feed`)).text()
	const [published = '', updated = ''] = ['published', 'updated'].map(
		(name) => new RegExp(`<entry>[^]*<${name}>([^<]+)`).exec(feed)?.[1] ?? '',
	)
	expect(Date.parse(updated)).toBeGreaterThan(Date.parse(published))
	const act = (await actsOn()).at(-1)
	expect(act).toMatchObject({ action: 'change', detail: 'en' })
	expect(act?.changes).toContainEqual({ field: 'title', before: 'A wel is dug', after: 'A well is dug' })
})

it('A form that knows other stories, or asks for another language, changes nothing', async () => {
	const path = `/console/digests/${id}/archive`
	await approver.post(`${path}/fr`, { title: 'x', introduction: '', title_1: 'x', summary_1: '' }).expect(404)
	await approver.get(`${path}/fr`).expect(404)
	const answer = await approver.post(`${path}/en`, { title: 'x', introduction: '' })
	expect(answer.status).toBe(409)
	expect((await app.request.get(page)).text).not.toContain('<h1>x</h1>')
})

it('The setting stands in the settings of the newsletter, and is saved', async () => {
	const owner = await signInAs(app, 'owner')
	const path = `/console/newsletters/${newsletter.slug}/settings`
	const { text } = await owner.get(path).expect(200)
	expect(text).toMatch(/name="archive" value="public"[^>]* checked/)
	await owner
		.post(path, {
			name_en: 'World News',
			name_fr: 'Nouvelles',
			postalAddress: '1 Main Street',
			contact: 'x@charity.example',
			archive: 'off',
		})
		.expect(303)
	await app.request.get(page).expect(404)
	const report = await owner.get(`/console/digests/${id}`).expect(200)
	expect(report.text).toContain('no archive on the web')
})
