import { afterAll, beforeAll, expect, it } from 'vitest'
import { getDraft, openDraft } from '../../../src/digests/index.ts'
import { operator } from '../../../src/kernel/actor.ts'
import { type ConsoleBrowser, signInAs } from '../../support/console-browser.ts'
import { makeNewsletter, makeStory } from '../../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

let app: TestApp
let amina: ConsoleBrowser
let id: number
let path: string
beforeAll(async () => {
	app = await startTestApp({ workers: false })
	amina = await signInAs(app, 'editor')
	const newsletter = await makeNewsletter(app)
	for (const hoursAgo of [1, 2]) await makeStory(app, newsletter.id, { hoursAgo })
	id = (await openDraft(app, newsletter.id, { actor: operator })).id
	path = `/console/drafts/${id}`
})
afterAll(() => app?.close())

const save = (fields: Record<string, string>) => amina.post(`${path}/texts`, fields).expect(303)
const contentOf = async () => (await getDraft(app, id)).content
const rows = async () =>
	[
		...(await amina.get(`${path}/versions`).expect(200)).text.matchAll(/<tr><th scope="row">[\s\S]*?<\/tr>/g),
	].map(([row]) => ({
		version: /version=(\d+)/.exec(row)?.[1] ?? '',
		words: row
			.replace(/<[^>]+>/g, ' ')
			.replace(/\s+/g, ' ')
			.trim(),
	}))

it('What a draft said before is listed, looked at and put back, and that is undone as all else', async () => {
	await save({ introduction_en: 'Dear <b>friends' })
	await save({ introduction_en: 'Dear <b>friends,' })
	const [story = 0] = (await contentOf()).storyIds
	app.clock.advance({ seconds: 60 })
	await amina.post(`${path}/steps`, { step: 'leave_out', story: String(story) }).expect(303)
	const listed = await rows()
	expect(listed.map(({ words }) => words.replace(/^.*?\d\d:\d\d /, ''))).toEqual([
		'Now Amina Diallo A story left out',
		'Amina Diallo Text',
		'somebody at the machine itself Begun',
	])
	const [, written, begun] = listed
	const looked = await amina.get(`${path}/versions?version=${written?.version}`).expect(200)
	expect(looked.text).toContain('Dear &lt;b&gt;friends,')
	await amina
		.post(`${path}/versions`, { version: begun?.version ?? '' })
		.expect(303)
		.expect('location', path)
	expect(await contentOf()).toMatchObject({ introduction: {}, leftOut: [] })
	expect(await rows()).toHaveLength(4)
	await amina.post(`${path}/undo`).expect(303)
	expect(await contentOf()).toMatchObject({ introduction: { en: 'Dear <b>friends,' }, leftOut: [story] })
})

it('The versions of another draft, and one that is gone, change nothing', async () => {
	const before = await contentOf()
	const theirs = await makeNewsletter(app)
	const other = await openDraft(app, theirs.id, { actor: operator })
	for (const version of [String(other.versionId), '999999'])
		await amina.post(`${path}/versions`, { version }).expect(303)
	expect(await contentOf()).toEqual(before)
	await amina.get(`${path}/versions?version=${other.versionId}`).expect(200)
	const guest = await signInAs(app, 'editor', { newsletters: [theirs.slug] })
	await guest.get(`${path}/versions`).expect(404)
})
