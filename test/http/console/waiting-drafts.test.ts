import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { findCurrentDraft, runSchedule, runStart, syncSchedules } from '../../../src/digests/index.ts'
import { operator } from '../../../src/kernel/actor.ts'
import { changeNewsletter, getNewsletter, type Newsletter } from '../../../src/newsletters/index.ts'
import { type ConsoleBrowser, signInAs } from '../../support/console-browser.ts'
import { makeNewsletter, makeReader, makeStory } from '../../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

let app: TestApp
let owner: ConsoleBrowser
let editor: ConsoleBrowser
let newsletter: Newsletter
beforeAll(async () => {
	app = await startTestApp({ workers: false })
	app.clock.set(new Date('2026-03-10T12:00:00Z'))
	owner = await signInAs(app, 'owner')
	editor = await signInAs(app, 'editor')
})
afterAll(() => app?.close())
beforeEach(async () => {
	app.clock.set(new Date('2026-03-10T12:00:00Z'))
	newsletter = await makeNewsletter(app, { schedule: null })
	await makeReader(app, newsletter.id, { address: `awa${newsletter.id}@example.net` })
	await makeStory(app, newsletter.id)
})

const schedulePage = () => `/console/newsletters/${newsletter.slug}/schedule`
const days = { how: 'days', days: '4', time: '07:00', cron: '', timeZone: 'America/Toronto' }

/** Has the schedule make its draft: Thursday 12 March, 07:00 in Toronto. */
async function makeDraft(sendAt = '09:00'): Promise<number> {
	await owner.post(schedulePage(), { ...days, first: 'then_send', sendAt }).expect(303)
	await syncSchedules(app)
	app.clock.set(new Date('2026-03-12T11:00:00Z'))
	await runSchedule(app, newsletter.id)
	const draft = await findCurrentDraft(app.db, { newsletterId: newsletter.id, kind: 'each' })
	return draft?.id ?? 0
}

it('The schedule says what comes before it goes out, keeps the rest of it, and refuses what is no time', async () => {
	const refused = await owner
		.post(schedulePage(), { ...days, first: 'then_send', sendAt: 'nine' })
		.expect(422)
	expect(refused.text).toContain('id="sendAt-mistake"')
	expect(refused.text).toContain('value="nine"')

	await owner.post(schedulePage(), { ...days, first: 'then_send', sendAt: '9:30' }).expect(303)
	expect((await getNewsletter(app, { id: newsletter.id })).schedule).toMatchObject({
		cron: '0 7 * * 4',
		draftFirst: { sendAt: '09:30' },
	})
	const page = await owner.get(schedulePage()).expect(200)
	expect(page.text).toMatch(/id="first-then-send" checked/)
	expect(page.text).toContain('It goes out at 09:30 unless somebody holds it.')

	await owner.post(schedulePage(), { ...days, first: 'wait', sendAt: '' }).expect(303)
	expect((await getNewsletter(app, { id: newsletter.id })).schedule?.draftFirst).toEqual({ sendAt: null })
	expect((await owner.get(schedulePage())).text).toContain('waits for somebody to send it')
	await owner.post(schedulePage(), { ...days, first: 'send', sendAt: '' }).expect(303)
	expect((await getNewsletter(app, { id: newsletter.id })).schedule?.draftFirst).toBeUndefined()
})

it('Home and each step of the draft say when it goes out in the newsletter’s zone, and hold it', async () => {
	const id = await makeDraft()
	const home = `/console/newsletters/${newsletter.slug}`
	const shown = await editor.get(home).expect(200)
	expect(shown.text).toContain('Thursday 12 March, 09:00')
	for (const step of ['', '/preview', '/check', '/hold']) {
		const page = await editor.get(`/console/drafts/${id}${step}`).expect(200)
		expect(page.text).toContain(
			'Goes out Thursday 12 March at 09:00, Toronto time, unless somebody holds it.',
		)
		expect(page.text).toContain(`action="/console/drafts/${id}/hold"`)
	}
	await editor.post(`/console/drafts/${id}/hold`, { back: 'home' }).expect(303).expect('Location', home)
	const held = await editor.get(home)
	expect(held.text).toContain('holds it since Thursday 12 March, 07:00')
	// an editor holds, an approver lets go
	expect(held.text).not.toContain('/let-go')
	await editor.post(`/console/drafts/${id}/let-go`).expect(403)
	expect((await owner.get(home)).text).toContain(`action="/console/drafts/${id}/let-go"`)
	await owner.post(`/console/drafts/${id}/let-go`).expect(303).expect('Location', `/console/drafts/${id}`)
	app.clock.set(new Date('2026-03-12T13:00:00Z'))
	await runStart(app, id)
	await editor
		.post(`/console/drafts/${id}/hold`)
		.expect(303)
		.expect('Location', /\/console\/digests\/\d+/)
})

it('A draft goes when the schedule says now: its time moves with it, and never into the past', async () => {
	const id = await makeDraft('09:00')
	const shown = async () => (await editor.get(`/console/drafts/${id}`).expect(200)).text
	await owner.post(schedulePage(), { ...days, first: 'then_send', sendAt: '11:30' }).expect(303)
	expect(await shown()).toContain('Goes out Thursday 12 March at 11:30, Toronto time')
	app.clock.set(new Date('2026-03-12T13:00:00Z'))
	await runStart(app, id)
	expect(await shown()).toContain('11:30')
	// half past eight has gone by
	await owner.post(schedulePage(), { ...days, first: 'then_send', sendAt: '08:30' }).expect(303)
	expect(await shown()).toContain('Goes out Friday 13 March at 08:30, Toronto time')
	await owner.post(schedulePage(), { ...days, first: 'wait', sendAt: '' }).expect(303)
	app.clock.set(new Date('2026-03-13T12:30:00Z'))
	await runStart(app, id)
	expect(
		await app.db.selectFrom('digests').select('id').where('newsletter_id', '=', newsletter.id).execute(),
	).toEqual([])
})

it('What can’t be let go any more, or was never going out, says so on the page with the button', async () => {
	const id = await makeDraft()
	await owner.post(`/console/drafts/${id}/hold`).expect(303)
	app.clock.set(new Date('2026-03-12T13:00:00Z'))
	const late = await owner.post(`/console/drafts/${id}/let-go`).expect(409)
	expect(late.text).toContain('Its time has gone by.')
	const page = await owner.get(`/console/drafts/${id}`)
	expect(page.text).toContain('the third step sends it')
	expect(page.text).not.toContain('/let-go"')
})

it('A draft that somebody changed says that it goes only if it is approved, and goes then', async () => {
	await app.db
		.updateTable('newsletters')
		.set({ needs_approval: true })
		.where('id', '=', newsletter.id)
		.execute()
	const id = await makeDraft()
	const path = `/console/drafts/${id}`
	const home = `/console/newsletters/${newsletter.slug}`
	const condition = 'It goes only if a second person approves it before then.'
	// nor does it ask for that where somebody only answered its warnings
	const [, about = ''] = /name="about" value="([^"]*)"/.exec((await editor.get(`${path}/check`)).text) ?? []
	await editor.post(`${path}/check/answers`, { about, anyway: 'yes' }).expect(303)
	expect((await editor.get(`${path}/versions`)).text).toContain('Amina Diallo')
	expect((await editor.get(path)).text).not.toContain(condition)
	await editor.post(`${path}/texts`, { introduction_en: 'Dear all', introduction_fr: 'Bonjour' }).expect(303)
	for (const page of [path, home]) expect((await editor.get(page)).text).toContain(condition)
	const { text } = await owner.get(`${path}/approve`).expect(200)
	const [, version = ''] = /name="version" value="(\d+)"/.exec(text) ?? []
	await owner.post(`${path}/approve`, { version }).expect(303)
	expect((await editor.get(path)).text).not.toContain(condition)
	app.clock.set(new Date('2026-03-12T13:00:00Z'))
	await runStart(app, id)
	await editor
		.get(path)
		.expect(303)
		.expect('Location', /\/console\/digests\/\d+/)
})

it('A draft whose schedule was taken away says that it does not go out any more, and does not', async () => {
	const id = await makeDraft()
	await owner.post(`/console/drafts/${id}/hold`).expect(303)
	await changeNewsletter(app, newsletter.slug, { schedule: null }, operator)
	expect((await owner.get(`/console/drafts/${id}`)).text).not.toContain('/let-go"')
	await app.db
		.updateTable('digest_drafts')
		.set({ held_at: null, held_why: null })
		.where('id', '=', id)
		.execute()
	for (const path of [`/console/newsletters/${newsletter.slug}`, `/console/drafts/${id}`]) {
		const { text } = await owner.get(path).expect(200)
		expect(text).toContain('It does not go out by itself any more: the schedule has been changed since.')
		expect(text).not.toContain('12 March at')
		expect(text).not.toContain(`action="/console/drafts/${id}/hold"`)
	}
	app.clock.set(new Date('2026-03-12T13:00:00Z'))
	await runStart(app, id)
	expect((await owner.get(`/console/drafts/${id}`)).text).toContain('the schedule has been changed since')
})

it('A draft that a check has stopped says where to look', async () => {
	const id = await makeDraft()
	await app.db.updateTable('newsletters').set({ contact: null }).where('id', '=', newsletter.id).execute()
	app.clock.set(new Date('2026-03-12T13:00:00Z'))
	await runStart(app, id)
	const page = await owner.get(`/console/newsletters/${newsletter.slug}`)
	expect(page.text).toContain('It did not go out at 09:00: something stops it.')
	// told as well where nothing would be in the digest any more
	expect(page.text).toContain('A draft did not go out')
	expect((await owner.get(`/console/audit?subject=draft:${id}`)).text).toContain('>something stopped it')
})
