import { afterAll, beforeAll, expect, it } from 'vitest'
import { planDigest } from '../../../src/deliveries/index.ts'
import { runStart } from '../../../src/digests/index.ts'
import { type ConsoleBrowser, signInAs } from '../../support/console-browser.ts'
import { makeNewsletter, makeReader, makeStory } from '../../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

let app: TestApp
let amina: ConsoleBrowser
let slug: string
beforeAll(async () => {
	app = await startTestApp({ workers: false })
	amina = await signInAs(app, 'approver')
	const newsletter = await makeNewsletter(app)
	slug = newsletter.slug
	await makeStory(app, newsletter.id, { title: 'A well is dug' })
	await makeReader(app, newsletter.id, { address: 'awa@example.net' })
	await makeReader(app, newsletter.id, { address: 'luc@example.net', locale: 'fr' })
})
afterAll(() => app?.close())

it('A letter is begun from Home or Digests, written, seen, checked, sent and reported on', async () => {
	const home = `/console/newsletters/${slug}`
	for (const page of [home, `${home}/digests`])
		expect((await amina.get(page).expect(200)).text).toContain(`action="${home}/letters"`)
	const { headers } = await amina.post(`${home}/letters`).expect(303)
	const draft = headers.location ?? ''
	expect((await amina.get(home)).text).toContain(`href="${draft}">Go on with the letter`)
	const empty = await amina.get(draft).expect(200)
	expect(empty.text).toContain('Letter of ')
	expect(empty.text).not.toContain('A well is dug')
	expect((await amina.get(`${draft}/preview`).expect(200)).text).toContain('Nothing would be sent')
	expect((await amina.get(`${draft}/check`).expect(200)).text).toContain('The letter is empty')

	const texts = { introduction_en: 'Dear friends', introduction_fr: 'Chers amis', subject_en: 'Thank you' }
	await amina.post(`${draft}/texts`, texts).expect(303)
	expect((await amina.get(`${draft}/preview/mail?language=en`).expect(200)).text).toContain('Dear friends')
	const check = await amina.get(`${draft}/check`).expect(200)
	expect(check.text).toContain('no subject of its own in French')
	for (const [, about = ''] of check.text.matchAll(/name="about" value="([^"]*)"/g))
		await amina.post(`${draft}/check/answers`, { about, anyway: 'yes' }).expect(303)
	await amina.post(`${draft}/send`, { readers: '2' }).expect(303)
	app.clock.advance({ seconds: 31 })
	await runStart(app, Number(draft.split('/').at(-1)))
	const after = await amina.get(draft).expect(303)
	const digest = after.headers.location ?? ''
	await planDigest(app, Number(digest.split('/').at(-1)))
	expect((await amina.get(digest).expect(200)).text).toContain('Letter of ')
	expect((await amina.get(`${home}/digests`)).text).toMatch(/class="tag">Letter</)
	const again = await amina.get(home).expect(200)
	expect(again.text).toContain('A well is dug')
})
