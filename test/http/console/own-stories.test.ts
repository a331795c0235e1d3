import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { getDraft, openDraft } from '../../../src/digests/index.ts'
import { operator } from '../../../src/kernel/actor.ts'
import { type ConsoleBrowser, signInAs } from '../../support/console-browser.ts'
import { makeNewsletter, makeStory } from '../../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

let app: TestApp
let amina: ConsoleBrowser
let path: string
let id: number
beforeAll(async () => {
	app = await startTestApp({ workers: false })
	amina = await signInAs(app, 'editor')
	const newsletter = await makeNewsletter(app)
	await makeStory(app, newsletter.id, { title: 'A well is dug' })
	id = (await openDraft(app, newsletter.id, { actor: operator })).id
	path = `/console/drafts/${id}`
})
afterAll(() => app?.close())

const contentOf = async () => (await getDraft(app, id)).content

describe('a story of one’s own', () => {
	it('is written on the page of the draft, in the languages that it is in', async () => {
		const form = await amina.get(`${path}?edit=new`).expect(200)
		expect(form.text).toMatch(/name="title_en"[\s\S]*name="title_fr"/)
		const fields = { title_fr: 'Nos bureaux\r\nferment', summary_fr: 'Du 25 au 1er.', link_fr: '' }
		const { headers } = await amina.post(`${path}/stories`, fields).expect(303)
		expect(headers.location).toBe(`${path}#story--1`)
		expect((await contentOf()).own[-1]).toEqual({
			writtenAt: app.clock.now().toISOString(),
			picture: null,
			versions: {
				fr: { title: 'Nos bureaux ferment', summary: 'Du 25 au 1er.', link: null, pictureAlt: null },
			},
		})
		const { text } = await amina.get(path).expect(200)
		expect(text).toContain('Written for this digest')
		expect(text).toMatch(/No English version[\s\S]*href="[^"]*\?edit=-1#story--1">Write it in English/)
	})

	it('is told otherwise, left out and put back', async () => {
		const fields = { title_en: 'We close', link_en: 'https://charity.example/closed', title_fr: '' }
		await amina.post(`${path}/stories/-1`, fields).expect(303)
		expect(Object.keys((await contentOf()).own[-1]?.versions ?? {})).toEqual(['en'])
		await amina.post(`${path}/steps`, { step: 'leave_out', story: '-1' }).expect(303)
		expect((await amina.get(path)).text).toMatch(/Left out[\s\S]*We close/)
		await amina.post(`${path}/steps`, { step: 'put_back', story: '-1' }).expect(303)
		expect((await contentOf()).storyIds).toContain(-1)
	})

	it('comes back as it was filled where something is wrong with it, and says what', async () => {
		const before = await contentOf()
		const wrong = [
			[{ summary_en: 'Words without a title' }, 'Give it a title in this language'],
			[{}, 'Give it a title in one language'],
			[{ title_en: 'x', link_en: 'javascript:alert(1)' }, 'must be an http:// or https:// address'],
			[{ title_en: 'x', picture: 'ftp://charity.example/a.jpg' }, 'must be an http:// or https:// address'],
			[{ title_en: 'x'.repeat(301) }, 'at most 300 characters'],
		] as const
		for (const [fields, words] of wrong) {
			for (const at of [`${path}/stories`, `${path}/stories/-1`]) {
				const { text } = await amina.post(at, fields).expect(422)
				expect([fields, text.includes(words)]).toEqual([fields, true])
				for (const typed of Object.values(fields)) expect(text).toContain(typed)
			}
		}
		expect(await contentOf()).toEqual(before)
	})
})
