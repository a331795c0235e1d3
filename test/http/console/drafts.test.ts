import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDraft, runStart, startDraft } from '../../../src/digests/index.ts'
import { operator } from '../../../src/kernel/actor.ts'
import { changeNewsletter } from '../../../src/newsletters/index.ts'
import { type ConsoleBrowser, signInAs } from '../../support/console-browser.ts'
import { makeNewsletter, makeReader, makeStory } from '../../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

describe('the pages of a draft', () => {
	let app: TestApp
	let owner: ConsoleBrowser
	let slug: string
	let newsletterId: number
	beforeAll(async () => {
		app = await startTestApp({ workers: false })
		owner = await signInAs(app, 'owner')
		const newsletter = await makeNewsletter(app)
		newsletterId = newsletter.id
		slug = newsletter.slug
		await makeReader(app, newsletterId, { address: 'awa@example.net' })
		await makeStory(app, newsletterId)
	})
	afterAll(() => app?.close())

	const open = () => openDraft(app, newsletterId, { actor: operator })

	it('say what kept it from being sent', async () => {
		const { id } = await open()
		await startDraft(app, id, { actor: operator })
		await changeNewsletter(app, slug, { contact: null }, operator)
		app.clock.advance({ seconds: 31 })
		await runStart(app, id)
		for (const page of ['', '/check']) {
			const shown = await owner.get(`/console/drafts/${id}${page}`).expect(200)
			expect(shown.text).toContain('It could not be made into a digest.')
		}
		await changeNewsletter(app, slug, { contact: 'hello@charity.example' }, operator)
	})

	it('take texts that say nothing of the version they began with', async () => {
		const { id } = await open()
		for (const base of ['1.5', 'none', '-1']) {
			await owner.post(`/console/drafts/${id}/texts`, { base, subject_en: `After ${base}` }).expect(303)
		}
		expect((await open()).content.subject.en).toBe('After -1')
	})

	it('refuse a day that there is not, and a number of readers that was not shown', async () => {
		const { id } = await open()
		const page = await owner.get(`/console/drafts/${id}/check`)
		for (const [, about = ''] of page.text.matchAll(/name="about" value="([^"]*)"/g)) {
			await owner.post(`/console/drafts/${id}/check/answers`, { about, anyway: 'yes' }).expect(303)
		}
		const send = (fields: Record<string, string>) => owner.post(`/console/drafts/${id}/send`, fields)
		const later = { when: 'later', readers: '1', time: '07:00' }
		const noDay = await send({ ...later, day: `${app.clock.now().getUTCFullYear() + 1}-02-30` }).expect(422)
		expect(noDay.text).toContain('Give a day.')
		await send({ readers: 'many' }).expect(409)
		const old = await send({ readers: '1', version: '1' }).expect(409)
		expect(old.text).toContain('Somebody has changed it since you looked.')
		await send({ readers: '1' }).expect(303)
	})

	it('lead on where it was sent or thrown away', async () => {
		const { id } = await open()
		await owner.post(`/console/drafts/${id}/undo-send`).expect(303)
		await owner.post(`/console/drafts/${id}/drop`).expect(303)
		const home = `/console/newsletters/${slug}`
		for (const page of ['', '/preview', '/check']) {
			await owner.get(`/console/drafts/${id}${page}`).expect(303).expect('Location', home)
		}
		for (const form of ['texts', 'send', 'undo-send']) {
			await owner.post(`/console/drafts/${id}/${form}`, { subject_en: 'Too late' }).expect(303)
		}
	})
})
