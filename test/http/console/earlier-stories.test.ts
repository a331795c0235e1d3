import { afterAll, beforeAll, expect, it } from 'vitest'
import { getDraft, openDraft, triggerDigest } from '../../../src/digests/index.ts'
import { operator } from '../../../src/kernel/actor.ts'
import { type ConsoleBrowser, signInAs } from '../../support/console-browser.ts'
import { makeNewsletter, makeReader, makeStory } from '../../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

let app: TestApp
let amina: ConsoleBrowser
beforeAll(async () => {
	app = await startTestApp({ workers: false })
	amina = await signInAs(app, 'editor')
})
afterAll(() => app?.close())

it('An earlier story is looked for, added, and says who added it and where it was', async () => {
	const newsletter = await makeNewsletter(app)
	await makeReader(app, newsletter.id, { address: 'awa@example.net' })
	const well = await makeStory(app, newsletter.id, { title: 'A well <b>is dug' })
	await triggerDigest(app, newsletter.id, { by: operator })
	const home = `/console/newsletters/${newsletter.slug}`
	await app.db.updateTable('digests').set({ state: 'completed' }).execute()
	expect((await amina.get(home).expect(200)).text).toMatch(/name="add" value="earlier">Add an earlier story/)
	const { headers } = await amina.post(`${home}/drafts`, { add: 'earlier' }).expect(303)
	const page = headers.location ?? ''
	const path = page.replace('/earlier', '')
	expect((await amina.get(`${page}?title=pump`).expect(200)).text).toContain(
		'No story has this in its title.',
	)
	const list = await amina.get(`${page}?title=well`).expect(200)
	expect(list.text).toContain('A well &lt;b&gt;is dug')
	await amina
		.post(page, { story: String(well) })
		.expect(303)
		.expect('location', `${path}#story-${well}`)
	const { text } = await amina.get(path).expect(200)
	expect(text).toMatch(/Added by Amina Diallo, was in the digest of \d+ \w+\./)
	expect((await amina.get(page).expect(200)).text).toContain('There are no other stories.')
})

it('Drafts and stories of other newsletters stay out of reach', async () => {
	const [mine, theirs] = [await makeNewsletter(app), await makeNewsletter(app)]
	const story = await makeStory(app, mine.id)
	const { id } = await openDraft(app, theirs.id, { actor: operator })
	const guest = await signInAs(app, 'editor', { newsletters: [mine.slug] })
	await guest.get(`/console/drafts/${id}/earlier`).expect(404)
	await guest.post(`/console/drafts/${id}/earlier`, { story: String(story) }).expect(404)
	await amina.post(`/console/drafts/${id}/earlier`, { story: String(story) }).expect(303)
	expect((await getDraft(app, id)).content.storyIds).toEqual([])
})
