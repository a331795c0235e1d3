import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDraft } from '../../../src/digests/index.ts'
import { operator } from '../../../src/kernel/actor.ts'
import { type ConsoleBrowser, openConsole, signInAs } from '../../support/console-browser.ts'
import { makeNewsletter, makeStory } from '../../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

let app: TestApp
let owner: ConsoleBrowser
let draft: string
let story: number
let newsletter: string
beforeAll(async () => {
	app = await startTestApp({ workers: false })
	const made = await makeNewsletter(app, { texts: { en: { name: 'News' } } })
	newsletter = `/console/newsletters/${made.slug}`
	story = await makeStory(app, made.id, { title: 'A well' })
	draft = `/console/drafts/${(await openDraft(app, made.id, { actor: operator })).id}`
	owner = await signInAs(app, 'owner')
})
afterAll(() => app?.close())

/** Sends a form that can't be taken: it comes back with the mistake at the field, and as it was filled. */
async function expectBack(
	{ browser = owner, path }: { browser?: ConsoleBrowser; path: string },
	fields: Record<string, string>,
	field: string,
): Promise<void> {
	const { text, status } = await browser.post(path, fields)
	expect([path, status]).toEqual([path, 422])
	expect(text).toContain(`href="#${field}"`)
	expect(text).toContain(`id="${field}-mistake"`)
	for (const typed of Object.values(fields)) expect(text.includes(typed), `${path}: ${field}`).toBe(true)
}

const long = 'l'.repeat(100_000)
const name = { name_en: 'News' }

describe('a form of the console that was filled wrongly', () => {
	it('comes back with all that was typed, however long', async () => {
		await expectBack({ path: `${newsletter}/settings` }, { ...name, description_en: long }, 'description_en')
		await expectBack({ path: `${newsletter}/settings` }, { ...name, postalAddress: long }, 'postalAddress')
		await expectBack({ path: '/console/people' }, { name: long, email: 'ada@example.org' }, 'name')
		await expectBack({ path: '/console/people' }, { name: 'Ada', email: long }, 'email')
		await expectBack({ path: '/console/keys' }, { name: long, scopes: 'digests.read' }, 'name')
		await expectBack({ path: `${draft}/texts` }, { introduction_en: long }, 'introduction_en')
		const edit = `${draft}/stories/${story}`
		await expectBack({ path: edit }, { title_en: long, summary_en: 'In few words' }, 'title_en')
		await expectBack({ path: edit }, { title_en: 'A deep well', summary_en: long }, 'summary_en')
	})

	it('says beside the field what a colour and a key lack', async () => {
		const colour = await owner.post(`${newsletter}/look`, { colour: 'blue' }).expect(422)
		expect(colour.text).toContain('id="colour-mistake"')
		await expectBack({ path: '/console/keys' }, { name: 'The site' }, 'scopes')
	})

	it('signs nobody in by too long an address, password or code, and says so on the same page', async () => {
		const stranger = openConsole(app)
		const wrong = await stranger
			.post('/console/sign-in', { email: long.slice(0, 20_000), password: long.slice(0, 20_000) })
			.expect(401)
		expect(wrong.text).toContain('name="password"')
		expect(wrong.text).not.toContain('type="password" value="l')
		const code = await stranger.post('/console/sign-in/code', { code: long.slice(0, 20_000) }).expect(401)
		expect(code.text).toContain('name="code"')
		const fields = { present: long, password: long }
		const password = await owner.post('/console/account/password', fields).expect(422)
		expect(password.text).toContain('href="#present"')
	})

	it('knows no version of a draft by a number that none can have', async () => {
		const fields = { base: '99999999999999999999999', introduction_en: 'Hello' }
		await owner.post(`${draft}/texts`, fields).expect(303)
	})
})
