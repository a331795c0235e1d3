import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { planDigest } from '../../../src/deliveries/index.ts'
import {
	checkDraft,
	forecastDigest,
	getDraft,
	openDraft,
	runStart,
	startDraft,
	undoDraft,
	wishOf,
} from '../../../src/digests/index.ts'
import { operator } from '../../../src/kernel/actor.ts'
import { type ConsoleBrowser, signInAs } from '../../support/console-browser.ts'
import { makeNewsletter, makeReader, makeStory } from '../../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

let app: TestApp
let amina: ConsoleBrowser
beforeAll(async () => {
	app = await startTestApp({ workers: false })
	amina = await signInAs(app, 'approver')
})
afterAll(() => app?.close())

let newsletterId: number
let draftId: number
let story: number
async function begin(untranslated: 'include' | 'skip'): Promise<void> {
	const newsletter = await makeNewsletter(app, { untranslated })
	newsletterId = newsletter.id
	story = await makeStory(app, newsletterId, { title: 'A well is dug', summary: 'At last.' })
	await makeReader(app, newsletterId, { address: `awa${newsletterId}@example.net` })
	await makeReader(app, newsletterId, { address: `luc${newsletterId}@example.net`, locale: 'fr' })
	draftId = (await openDraft(app, newsletterId, { actor: operator })).id
}

const post = (path: string, fields: Record<string, string>) =>
	amina.post(`/console/drafts/${draftId}${path}`, fields)
const page = async () => (await amina.get(`/console/drafts/${draftId}`).expect(200)).text
const write = { title_en: 'A well is dug', summary_en: 'At last.', title_fr: 'Un puits <b>creusé</b>' }

/** The stories that each language would get. */
async function told(): Promise<Record<string, string[]>> {
	const { variants } = await forecastDigest(app, newsletterId, wishOf(await getDraft(app, draftId)))
	return Object.fromEntries(
		variants.map(({ locale, stories }) => [locale, stories.map((each) => `${each.locale}: ${each.title}`)]),
	)
}

async function send() {
	await startDraft(app, draftId, { actor: operator })
	app.clock.advance({ seconds: 31 })
	await runStart(app, draftId)
	const digestId = (await getDraft(app, draftId)).digestId ?? 0
	await planDigest(app, digestId)
	return app.db
		.selectFrom('renditions')
		.innerJoin('variants', 'variants.id', 'variant_id')
		.select(['locale', 'html', 'text'])
		.where('digest_id', '=', digestId)
		.orderBy('locale')
		.execute()
}

describe.each(['include', 'skip'] as const)('a story that is not in French, by the rule “%s”', (rule) => {
	beforeEach(() => begin(rule))

	it('is written in French for this digest, and counts as brought to its readers', async () => {
		expect(await page()).toMatch(/No French version[\s\S]*\?edit=\d+#story-\d+">Write it in French/)
		expect((await amina.get(`/console/drafts/${draftId}?edit=${story}`)).text).toContain('name="title_fr"')
		await post(`/stories/${story}`, { ...write, summary_fr: 'Enfin.' }).expect(303)
		expect(await page()).not.toContain('No French version')
		expect(await page()).toContain('Un puits &lt;b&gt;creusé')
		expect(await told()).toEqual({ en: ['en: A well is dug'], fr: ['fr: Un puits <b>creusé</b>'] })
		const { checks } = await checkDraft(app, await getDraft(app, draftId))
		expect(checks.filter(({ name }) => name.startsWith('untranslated'))).toEqual([])
		const [english, french] = await send()
		expect(english?.html).toContain('A well is dug')
		expect(french?.html).toContain('Un puits &lt;b&gt;creusé')
		expect(french?.html).not.toContain('A well is dug')
		expect(french?.text).toContain('Enfin.')
		expect((await forecastDigest(app, newsletterId)).storyIds).toEqual([])
	})

	it('comes back as it was typed where it has words and no title, and goes back to the site’s text', async () => {
		const { title_fr: _, ...english } = write
		const wrong = await post(`/stories/${story}`, { ...english, title_fr: '', summary_fr: 'Sans titre' })
		expect(wrong.status).toBe(422)
		expect(wrong.text).toContain('Give it a title in this language')
		expect(wrong.text).toContain('Sans titre')
		await post(`/stories/${story}`, { ...english, title_fr: 'x'.repeat(301) }).expect(422)
		await post(`/stories/${story}`, write).expect(303)
		await post(`/stories/${story}`, { ...write, back: 'yes' }).expect(303)
		expect((await getDraft(app, draftId)).content.edits).toEqual({})
	})
})

describe('a story that is shown in English to all', () => {
	beforeEach(() => begin('include'))

	it('is left out in French, which is no oversight and can be undone', async () => {
		expect((await told()).fr).toEqual(['en: A well is dug'])
		await post('/steps', { step: 'leave_out_in', story: `${story}`, locale: 'fr' }).expect(303)
		expect(await told()).toEqual({ en: ['en: A well is dug'] })
		expect(await page()).toContain('Left out in French')
		const { checks } = await checkDraft(app, await getDraft(app, draftId))
		expect(checks.filter(({ name }) => name.startsWith('untranslated'))).toEqual([])
		await undoDraft(app, draftId, operator)
		expect((await told()).fr).toEqual(['en: A well is dug'])
		await post('/steps', { step: 'leave_out_in', story: `${story}`, locale: 'fr' }).expect(303)
		await post('/steps', { step: 'put_back_in', story: `${story}`, locale: 'fr' }).expect(303)
		expect((await getDraft(app, draftId)).content.edits).toEqual({})
	})

	it('comes to those readers with the next digest', async () => {
		await post('/steps', { step: 'leave_out_in', story: `${story}`, locale: 'fr' }).expect(303)
		expect((await send()).map(({ locale }) => locale)).toEqual(['en'])
		const { variants } = await forecastDigest(app, newsletterId)
		expect(variants.map(({ locale, stories }) => [locale, stories.length])).toEqual([['fr', 1]])
	})

	it('is not left out in a language that it is in, nor in one that there is not', async () => {
		for (const locale of ['en', 'xx', ''])
			await post('/steps', { step: 'leave_out_in', story: `${story}`, locale }).expect(303)
		expect(await told()).toEqual({ en: ['en: A well is dug'], fr: ['en: A well is dug'] })
	})

	it('is shown after all where it is written in French then', async () => {
		await post('/steps', { step: 'leave_out_in', story: `${story}`, locale: 'fr' }).expect(303)
		await post(`/stories/${story}`, write).expect(303)
		expect((await told()).fr).toEqual(['fr: Un puits <b>creusé</b>'])
	})
})
