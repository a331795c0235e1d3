import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { planDigest } from '../../../src/deliveries/index.ts'
import { openDraft, triggerDigest } from '../../../src/digests/index.ts'
import { operator } from '../../../src/kernel/actor.ts'
import { addDays } from '../../../src/kernel/clock.ts'
import { addTopic, type Newsletter } from '../../../src/newsletters/index.ts'
import { changeStory } from '../../../src/stories/index.ts'
import { changeByStaff } from '../../../src/subscriptions/index.ts'
import { type ConsoleBrowser, signInAs } from '../../support/console-browser.ts'
import { makeNewsletter, makeReader, makeStory } from '../../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

let app: TestApp
let amina: ConsoleBrowser
let newsletter: Newsletter
let draftId: number
beforeAll(async () => {
	app = await startTestApp({ workers: false })
	amina = await signInAs(app, 'approver')
})
afterAll(() => app?.close())

beforeEach(async () => {
	newsletter = await makeNewsletter(app)
	for (const slug of ['water', 'schools']) {
		const texts = { en: { name: slug }, fr: { name: `${slug} (fr)` } }
		await addTopic(app, newsletter.slug, { slug, texts } as never, operator)
	}
	await tell('A well is dug', 'water')
	await tell('A school opens', 'schools')
	await make('all')
})

async function tell(title: string, topic: string): Promise<void> {
	const storyId = await makeStory(app, newsletter.id, { title })
	await changeStory(app, { storyId, changes: { topics: [topic] } }, operator)
}

const addressOf = (name: string) => `${name}${newsletter.id}@readers.example`
const make = (name: string, more: Partial<Parameters<typeof makeReader>[2]> = {}) =>
	makeReader(app, newsletter.id, { address: addressOf(name), ...more })
const choose = async (name: string, changes: Parameters<typeof changeByStaff>[2]) => {
	const { id } = await personOf(name)
	await changeByStaff(app, { id, newsletter: newsletter.slug }, changes, operator)
}
const personOf = (name: string) =>
	app.db
		.selectFrom('subscribers')
		.select('id')
		.where('comparable_address', '=', addressOf(name))
		.executeTakeFirstOrThrow()

async function prepare(): Promise<void> {
	draftId = (await openDraft(app, newsletter.id, { actor: operator })).id
}

/** The page of the draft as somebody finds it who asks for a reader. */
async function see(address: string) {
	const { headers } = await amina.post(`/console/drafts/${draftId}/preview/reader`, { address }).expect(303)
	expect(headers.location).not.toContain('@')
	const { text } = await amina.get(String(headers.location)).expect(200)
	const mail = /src="([^"]*\/preview\/mail[^"]*)"/.exec(text)?.[1]?.replaceAll('&amp;', '&') ?? ''
	return { text, mail: mail && (await amina.get(mail).expect(200)).text }
}

describe('a draft as a reader gets it', () => {
	it('is the variant of their choices, and of what they had', async () => {
		await make('water')
		await choose('water', { topics: ['water'], newTopics: false })
		await prepare()
		const seen = await see(addressOf('water'))
		expect(seen.text).toContain('This is what they get')
		expect(seen.mail).toContain('A well is dug')
		expect(seen.mail).not.toContain('A school opens')
		expect((await see(addressOf('all'))).mail).toContain('A school opens')
	})

	it('tells of who chose otherwise since by what the ledger holds for them', async () => {
		await make('moved')
		await choose('moved', { topics: ['water'], newTopics: false })
		const sent = await triggerDigest(app, newsletter.id, { by: operator })
		if (sent.kind !== 'created') throw new Error(sent.kind)
		await planDigest(app, sent.digest.id)
		app.clock.advance({ hours: 1 })
		await choose('moved', { topics: ['water', 'schools'], newTopics: true })
		await tell('Night school', 'schools')
		const { id } = await personOf('moved')
		const page = await amina.get(`/console/newsletters/${newsletter.slug}/readers/${id}`).expect(200)
		expect(page.text).toMatch(/What this reader gets next[\s\S]*Night school/)
		const next = /What this reader gets next[\s\S]*?<\/section>/.exec(page.text)?.[0] ?? ''
		// water had been planned for them, the school had not
		expect(next).not.toContain('A well is dug')
		expect(next).toContain('A school opens')
	})

	it.each([
		['active', 'paused', 'Paused'],
		['pending', 'pending', 'Not confirmed yet'],
		['unsubscribed', 'gone', 'Left'],
	] as const)('says why who is %s (%s) gets nothing', async (state, name, words) => {
		await make(name, { state })
		if (name === 'paused') await choose(name, { pausedUntil: addDays(app.clock.now(), 20) })
		await prepare()
		expect((await see(addressOf(name))).text).toContain(`They get nothing. ${words}.`)
	})

	it('knows nobody by what is no address, by a stranger’s or by one of another newsletter', async () => {
		await prepare()
		const other = await makeNewsletter(app)
		await makeReader(app, other.id, { address: `elsewhere${other.id}@readers.example` })
		const answers = []
		for (const address of ['nonsense', 'nobody@readers.example', `elsewhere${other.id}@readers.example`]) {
			const answer = await amina.post(`/console/drafts/${draftId}/preview/reader`, { address }).expect(422)
			expect(answer.text).toContain(`value="${address}"`)
			answers.push(/class="mistake"[^>]*>([^<]+)/.exec(answer.text)?.[1])
		}
		expect(answers[1]).toBe(answers[2])
		await amina.post(`/console/drafts/${draftId}/preview/reader`, { address: '' }).expect(303)
		const unknown = await amina.get(`/console/drafts/${draftId}/preview?reader=999999`).expect(200)
		expect(unknown.text).not.toContain('what they get.')
	})

	it('says that nothing is new, where that is so for all', async () => {
		const sent = await triggerDigest(app, newsletter.id, { by: operator })
		if (sent.kind !== 'created') throw new Error(sent.kind)
		await planDigest(app, sent.digest.id)
		const { id } = await personOf('all')
		const page = await amina.get(`/console/newsletters/${newsletter.slug}/readers/${id}`).expect(200)
		expect(page.text).toContain('Nothing. Nothing is new yet.')
	})

	it('is not for editors, who see no readers', async () => {
		await prepare()
		const editor = await signInAs(app, 'editor')
		const { id } = await personOf('all')
		const page = await editor.get(`/console/drafts/${draftId}/preview?reader=${id}`).expect(200)
		expect(page.text).not.toContain('As a reader')
		expect(page.text).not.toContain(addressOf('all'))
	})
})
