import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listAudit } from '../../../src/audit/index.ts'
import {
	approvalOf,
	approveDraft,
	openDraft,
	reconcileSchedules,
	runSchedule,
	runStart,
	startDraft,
	stepDraft,
} from '../../../src/digests/index.ts'
import { operator } from '../../../src/kernel/actor.ts'
import { changeNewsletter } from '../../../src/newsletters/index.ts'
import { type ConsoleBrowser, signInAs } from '../../support/console-browser.ts'
import { makeNewsletter, makeReader, makeStory } from '../../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

describe('where a second person must approve', () => {
	let app: TestApp
	let editor: ConsoleBrowser
	let amina: ConsoleBrowser
	let luc: ConsoleBrowser
	let slug: string
	let newsletterId: number
	beforeAll(async () => {
		app = await startTestApp({ workers: false })
		const newsletter = await makeNewsletter(app, { needsApproval: true })
		newsletterId = newsletter.id
		slug = newsletter.slug
		editor = await signInAs(app, 'editor')
		amina = await signInAs(app, 'approver')
		luc = await signInAs(app, 'approver')
		await makeReader(app, newsletterId, { address: 'awa@example.net' })
	})
	afterAll(() => app?.close())

	/** A draft that the editor began, all of whose warnings she answered. */
	async function prepared(): Promise<{ id: number; path: string }> {
		await makeStory(app, newsletterId)
		const { headers } = await editor.post(`/console/newsletters/${slug}/drafts`).expect(303)
		const path = headers.location ?? ''
		const page = await editor.get(`${path}/check`).expect(200)
		for (const [, about = ''] of page.text.matchAll(/name="about" value="([^"]*)"/g)) {
			await editor.post(`${path}/check/answers`, { about, anyway: 'yes' }).expect(303)
		}
		return { id: Number(path.split('/').at(-1)), path }
	}
	const inBoth = (field: string, text: string) => ({ [`${field}_en`]: text, [`${field}_fr`]: text })
	const versionIn = (text: string) => /name="version" value="(\d+)"/.exec(text)?.[1] ?? ''
	const digests = () =>
		app.db.selectFrom('digests').select('id').where('newsletter_id', '=', newsletterId).execute()

	it('an editor asks, an approver reads and approves, and any later change asks again', async () => {
		const { path } = await prepared()
		const asking = await editor.get(`${path}/check`).expect(200)
		expect(asking.text).toContain('Here a second person approves each digest.')
		await amina.post(`${path}/send`, { readers: '1' }).expect(409)
		await editor.post(`${path}/ask-approval`).expect(303)
		expect((await amina.get(`/console/newsletters/${slug}`)).text).toContain('asks for approval')

		const first = await amina.get(`${path}/approve`).expect(200)
		expect(first.text).toContain('To <strong>one</strong> reader.')
		expect(first.text).not.toContain('Changed since you read it')
		const old = versionIn(first.text)
		await editor.post(`${path}/texts`, inBoth('introduction', 'The well is 12 m deep.')).expect(303)
		const late = await amina.post(`${path}/approve`, { version: old }).expect(409)
		expect(late.text).toContain('Read it again, then approve.')
		// the page that came back has shown what was changed, and shows it again
		const second = await amina.get(`${path}/approve`).expect(200)
		expect(second.text).toContain('Changed since you read it')
		expect(second.text).toMatch(/<ins>.*The well is 12 m deep\./s)
		await amina.post(`${path}/approve`, { version: versionIn(second.text) }).expect(303)
		expect((await editor.get(`${path}/check`)).text).toContain('Approved by')

		await editor.post(`${path}/texts`, inBoth('introduction', 'The well is 13 m deep.')).expect(303)
		expect((await editor.get(`${path}/check`)).text).toContain('It was changed after it was approved')
		await amina.post(`${path}/send`, { readers: '1' }).expect(409)
		const third = await luc.get(`${path}/approve`).expect(200)
		const empty = await luc.post(`${path}/send-back`, { note: ' ' }).expect(422)
		expect(empty.text).toContain('Say what is to be done.')
		await luc.post(`${path}/send-back`, { note: 'Twelve, <not> thirteen.' }).expect(303)
		expect((await editor.get(`${path}/check`)).text).toContain('Twelve, &lt;not&gt; thirteen.')
		await luc.post(`${path}/approve`, { version: versionIn(third.text) }).expect(303)
		await luc.post(`${path}/send`, { readers: '1' }).expect(303)
		const acts = await listAudit(app, { subject: `draft:${path.split('/').at(-1)}`, limit: 50 })
		expect(acts.map(({ action }) => action).filter((action) => /approv|send/.test(action))).toEqual([
			'send',
			'approve',
			'send-back',
			'approve',
			'ask-approval',
		])
		app.clock.advance({ seconds: 31 })
		await runStart(app, Number(path.split('/').at(-1)))
		expect(await digests()).toHaveLength(1)
	})

	it('who wrote last does not approve, and two who approve and send at once make one digest', async () => {
		const { id, path } = await prepared()
		await amina.post(`${path}/texts`, inBoth('subject', 'By Amina')).expect(303)
		const own = await amina.get(`${path}/approve`).expect(200)
		expect(own.text).toContain('You wrote last: somebody else approves it.')
		const { versionId } = await openDraft(app, newsletterId, { actor: operator })
		await amina.post(`${path}/approve`, { version: `${versionId}` }).expect(409)
		await editor.post(`${path}/texts`, inBoth('subject', 'By the editor')).expect(303)
		const { text } = await luc.get(`${path}/approve`).expect(200)
		const version = versionIn(text)
		const approvals = await Promise.all([
			luc.post(`${path}/approve`, { version }),
			amina.post(`${path}/approve`, { version }),
		])
		expect(approvals.map(({ status }) => status)).toEqual([303, 303])
		const before = (await digests()).length
		await Promise.all([
			luc.post(`${path}/send`, { readers: '1' }).expect(303),
			amina.post(`${path}/send`, { readers: '1' }).expect(303),
		])
		app.clock.advance({ seconds: 31 })
		await Promise.all([runStart(app, id), runStart(app, id)])
		expect(await digests()).toHaveLength(before + 1)
	})

	it('an approver who answers a warning may approve, and who wrote may not by that', async () => {
		await makeStory(app, newsletterId)
		const { headers } = await amina.post(`/console/newsletters/${slug}/drafts`).expect(303)
		const path = headers.location ?? ''
		await amina.post(`${path}/texts`, inBoth('subject', 'By Amina')).expect(303)
		const page = await luc.get(`${path}/check`).expect(200)
		const [, about = ''] = /name="about" value="([^"]*)"/.exec(page.text) ?? []
		await luc.post(`${path}/check/answers`, { about, anyway: 'yes' }).expect(303)
		const version = versionIn((await luc.get(`${path}/approve`).expect(200)).text)
		await amina.post(`${path}/approve`, { version }).expect(409)
		await luc.post(`${path}/approve`, { version }).expect(303)
		await amina.post(`${path}/drop`).expect(303)
	})

	it('reads a language and a picture that a story of one’s own was given since, and its name in French', async () => {
		const { path } = await prepared()
		const shared = { title_en: 'We close', picture: 'https://charity.example/a.jpg', alt_en: 'A door' }
		await editor.post(`${path}/stories`, shared).expect(303)
		await luc.get(`${path}/approve`).expect(200)
		const more = { title_fr: 'Nous fermons', picture: 'https://charity.example/b.jpg', alt_en: 'A gate' }
		await editor.post(`${path}/stories/-1`, { ...shared, ...more }).expect(303)
		await app.db.updateTable('staff_members').set({ locale: 'fr' }).execute()
		const { text } = await luc.get(`${path}/approve`).expect(200)
		await app.db.updateTable('staff_members').set({ locale: 'en' }).execute()
		expect(text).toContain('<ins><span class="unseen">Ajouté\u00a0: </span>Nous fermons</ins>')
		expect(text).toMatch(/<del>.*charity\.example\/a\.jpg<\/del> <ins>.*charity\.example\/b\.jpg<\/ins>/)
		expect(text).toMatch(/<del>.*door<\/del> <ins>.*gate<\/ins>/)
		expect(text).toContain('«\u00a0Nous fermons\u00a0», titre, français')
		await editor.post(`${path}/drop`).expect(303)
	})

	it('the schedule sends nothing that a member wrote and nobody approved; what nobody touched, it does', async () => {
		const { id } = await prepared()
		const now = app.clock.now()
		const cron = `${now.getUTCMinutes()} ${now.getUTCHours()} * * *`
		await changeNewsletter(app, slug, { schedule: { cron, timeZone: 'UTC' } }, operator)
		await reconcileSchedules(app)
		const before = (await digests()).length
		await runSchedule(app, newsletterId)
		app.clock.advance({ days: 1 })
		await runSchedule(app, newsletterId)
		expect(await digests()).toHaveLength(before)
		const { savedById } = await approvalOf(app, id)
		expect(savedById).not.toBeNull()
		const { versionId } = await openDraft(app, newsletterId, { actor: operator })
		await approveDraft(app, id, { versionId, actor: operator })
		app.clock.advance({ days: 1 })
		await runSchedule(app, newsletterId)
		expect(await digests()).toHaveLength(before + 1)

		await makeStory(app, newsletterId)
		app.clock.advance({ days: 1 })
		await runSchedule(app, newsletterId)
		expect(await digests()).toHaveLength(before + 2)
		await changeNewsletter(app, slug, { schedule: null }, operator)
	})

	it('is a setting of the newsletter, and the machine’s operator is outside of it', async () => {
		await makeStory(app, newsletterId)
		const draft = await openDraft(app, newsletterId, { actor: operator })
		await stepDraft(app, draft.id, { answer: 'a warning', anyway: true }, operator)
		expect((await startDraft(app, draft.id, { actor: operator })).state).toBe('starting')
		const owner = await signInAs(app, 'owner')
		const page = await owner.get(`/console/newsletters/${slug}/settings`).expect(200)
		expect(page.text).toMatch(/name="needsApproval"[^>]* checked/)
		await makeStory(app, newsletterId)
		const letter = await editor.post(`/console/newsletters/${slug}/letters`).expect(303)
		await editor.post(`${letter.headers.location}/texts`, inBoth('introduction', 'Dear all')).expect(303)
		await editor.post(`${letter.headers.location}/ask-approval`).expect(303)
		const home = async () => (await amina.get(`/console/newsletters/${slug}`).expect(200)).text
		expect(await home()).toContain('asks for approval')
		const fields = { name_en: 'World News', name_fr: 'Nouvelles', asksApproval: 'yes' }
		await owner.post(`/console/newsletters/${slug}/settings`, fields).expect(303)
		expect((await owner.get(`/console/newsletters/${slug}/settings`)).text).not.toMatch(
			/name="needsApproval"[^>]* checked/,
		)
		// nobody waits for an approval that is not needed any more
		expect(await home()).not.toContain('asks for approval')
	})
})
