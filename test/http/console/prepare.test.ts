import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { getDraft, openDraft } from '../../../src/digests/index.ts'
import { operator } from '../../../src/kernel/actor.ts'
import { type ConsoleBrowser, signInAs } from '../../support/console-browser.ts'
import { makeNewsletter, makeReader, makeStory } from '../../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

let app: TestApp
let amina: ConsoleBrowser
let paul: ConsoleBrowser
beforeAll(async () => {
	app = await startTestApp({ workers: false })
	amina = await signInAs(app, 'editor')
	paul = await signInAs(app, 'editor', { name: 'Paul Gauthier' })
})
afterAll(() => app?.close())

async function open(): Promise<string> {
	const newsletter = await makeNewsletter(app)
	await makeReader(app, newsletter.id, { address: `awa@${newsletter.slug}.example` })
	await makeStory(app, newsletter.id, { title: 'A well is dug' })
	const draft = await openDraft(app, newsletter.id, { actor: operator })
	return `/console/drafts/${draft.id}`
}

/** What the form of texts would send, as the page has it. */
async function fieldsOf(browser: ConsoleBrowser, path: string): Promise<Record<string, string>> {
	const { text } = await browser.get(path).expect(200)
	const read = (html = '') =>
		html
			.replace(/&quot;/g, '"')
			.replace(/&#39;/g, "'")
			.replace(/&amp;/g, '&')
	const form = /<form [^>]*data-autosave[\s\S]*?<\/form>/.exec(text)?.[0] ?? ''
	const areas = [...form.matchAll(/<textarea [^>]*name="([^"]+)"[^>]*>([^<]*)/g)]
	const hidden = [...form.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)]
	return Object.fromEntries([...areas, ...hidden].map(([, name = '', value]) => [name, read(value)]))
}

const contentOf = async (path: string) => (await getDraft(app, Number(path.split('/').at(-1)))).content

describe('the texts of a draft', () => {
	it('are saved where somebody changed them, and what a colleague wrote meanwhile stays', async () => {
		const path = await open()
		const [hers, his] = [await fieldsOf(amina, path), await fieldsOf(paul, path)]
		await amina.post(`${path}/texts`, { ...hers, subject_en: 'Water for Fissel' }).expect(303)
		const first = { ...his, introduction_en: 'Dear friends' }
		const { body } = await paul
			.post(`${path}/texts`, first)
			.set('X-Autosave', 'yes')
			.set('Accept', 'application/json')
			.expect(200)
		expect(body.kept.subject.en).toBe('Water for Fissel')
		// his page has the newer version by now, and still her former subject, which he never touched
		const again = { ...first, introduction_en: 'Dear readers', base: String(body.base) }
		await paul.post(`${path}/texts`, again).expect(303)
		expect(await contentOf(path)).toMatchObject({
			subject: { en: 'Water for Fissel' },
			introduction: { en: 'Dear readers' },
		})
	})

	it('that both changed are shown to the second, and all else is as it is by now', async () => {
		const path = await open()
		const [hers, his] = [await fieldsOf(amina, path), await fieldsOf(paul, path)]
		const changed = { subject_en: 'Hers', preheader_en: 'Her first line' }
		await amina.post(`${path}/texts`, { ...hers, ...changed }).expect(303)
		const { text } = await paul.post(`${path}/texts`, { ...his, subject_en: 'His' }).expect(409)
		expect(text).toMatch(/Amina Diallo.*Hers.*You, not saved.*His/s)
		expect(text).toMatch(/name="subject_en"[^>]*>His<\/textarea>/)
		expect(text).toMatch(/name="preheader_en"[^>]*>Her first line<\/textarea>/)
		expect((await contentOf(path)).subject).toEqual({ en: 'Hers' })
	})

	it('follow the newsletter’s pattern until somebody writes their own, though the page showed an older line', async () => {
		const path = await open()
		const fields = await fieldsOf(amina, path)
		expect(fields.subject_en).toContain('A well is dug')
		await app.db.updateTable('stories').set({ title: 'A well, and a pump' }).execute()
		await amina.post(`${path}/texts`, { ...fields, introduction_en: 'Dear friends' }).expect(303)
		expect((await contentOf(path)).subject.en).toBeUndefined()
		expect((await fieldsOf(amina, path)).subject_en).toContain('A well, and a pump')
	})

	it('are not lost by a form without any', async () => {
		const path = await open()
		const fields = await fieldsOf(amina, path)
		await amina.post(`${path}/texts`, { ...fields, subject_en: 'Ours' }).expect(303)
		await amina.post(`${path}/texts`).expect(303)
		expect((await contentOf(path)).subject).toEqual({ en: 'Ours' })
		// an empty field is wished for: it goes back to the pattern
		await amina.post(`${path}/texts`, { ...(await fieldsOf(amina, path)), subject_en: '' }).expect(303)
		expect((await contentOf(path)).subject).toEqual({})
	})
})

it('Who switches the language on a form that was sent back comes to its page', async () => {
	const path = await open()
	const wrong = { ...(await fieldsOf(amina, path)), introduction_en: 'x'.repeat(6_000) }
	const { text } = await amina.post(`${path}/texts`, wrong).expect(422)
	const [, back = ''] = /name="back" value="([^"]+)"/.exec(text) ?? []
	const { headers } = await amina.post('/console/account/language', { locale: 'en', back }).expect(303)
	await amina
		.get(headers.location ?? '')
		.expect(303)
		.expect('location', path)
	await amina.get(`${path}/stories/7`).expect(303).expect('location', path)
})
