import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import {
	digestProgress,
	findWebVersion,
	listDigests,
	previewDigest,
	type TriggerRequest,
	triggerDigest,
} from '../../src/digests/index.ts'
import { operator } from '../../src/kernel/actor.ts'
import type { Newsletter, NewsletterInput } from '../../src/newsletters/index.ts'
import { addSource, changeStory, removeSource } from '../../src/stories/index.ts'
import { makeNewsletter, makeStory, type NewStory } from '../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'

let app: TestApp
let newsletter: Newsletter
beforeAll(async () => {
	app = await startTestApp({ workers: false })
})
afterAll(() => app.close())
beforeEach(async () => {
	newsletter = await makeNewsletter(app)
})

const use = async (input: Partial<NewsletterInput>) => {
	newsletter = await makeNewsletter(app, input)
}
const story = (input: NewStory) => makeStory(app, newsletter.id, input)
const trigger = (request: Partial<TriggerRequest> = {}) =>
	triggerDigest(app, newsletter.id, { by: operator, ...request })

/** The titles that each language's readers would get, as `en: One, Two`. */
async function preview(options: Parameters<typeof previewDigest>[2] = {}): Promise<string[]> {
	const renditions = await previewDigest(app, newsletter.id, options)
	return renditions.map(({ locale, stories }) => `${locale}: ${stories.map(({ title }) => title).join(', ')}`)
}

test('The newest stories come first, each language its own', async () => {
	await story({ title: 'Old', hoursAgo: 5 })
	await story({ title: 'New', hoursAgo: 1 })
	await story({ title: 'Neuf', locale: 'fr' })
	expect(await preview()).toEqual(['en: New, Old', 'fr: Neuf'])
})

test('Limit, age and order are the newsletter’s', async () => {
	await use({ storyLimit: 2, storyMaxAgeDays: 3, storyOrder: 'oldest_first' })
	await story({ title: 'Three days and a bit', hoursAgo: 73 })
	await story({ title: 'Oldest', hoursAgo: 50 })
	await story({ title: 'Older', hoursAgo: 40 })
	await story({ title: 'Newest', hoursAgo: 3 })
	expect(await preview()).toEqual(['en: Older, Newest'])
})

test('What is hidden or of the backlog is not sent', async () => {
	await story({ title: 'Hidden', hidden: true })
	await story({ title: 'Backlog', backlog: true })
	expect(await preview()).toEqual([])
	expect(await trigger()).toEqual({ kind: 'nothing_new' })
	expect(await listDigests(app, newsletter.id)).toEqual([])
})

test('A story is sent once, also after it was edited; what is left goes into the next digest', async () => {
	await use({ storyLimit: 1 })
	const first = await story({ title: 'First', hoursAgo: 1 })
	await story({ title: 'Second', hoursAgo: 2 })
	expect((await trigger()).kind).toBe('created')
	await app.db.updateTable('stories').set({ title: 'First, edited' }).where('id', '=', first).execute()
	expect(await preview()).toEqual(['en: Second'])
	expect((await trigger()).kind).toBe('created')
	expect(await trigger()).toEqual({ kind: 'nothing_new' })
	expect(app.logged.some((line) => line.includes('there are no new stories'))).toBe(true)
})

test('Where it is wished, readers get stories that are not in their language, unless there is a translation', async () => {
	await use({ untranslated: 'include' })
	const original = await story({ title: 'Translated', hoursAgo: 3 })
	await app.db
		.updateTable('stories')
		.set({ translation_group: original })
		.where('id', '=', original)
		.execute()
	await story({ title: 'Traduit', locale: 'fr', hoursAgo: 3, translationGroup: original })
	await story({ title: 'English only', hoursAgo: 2 })
	await story({ title: 'Français seulement', locale: 'fr', hoursAgo: 1 })
	expect(await preview()).toEqual([
		'en: Français seulement, English only, Translated',
		'fr: Français seulement, English only, Traduit',
	])
})

test('A translation that comes after the original was shown is not news', async () => {
	await use({ untranslated: 'include' })
	const original = await story({ title: 'Original', translationGroup: 4_711 })
	await trigger()
	await story({ title: 'Traduction', locale: 'fr', translationGroup: 4_711 })
	expect(await preview()).toEqual([])
	expect(original).toBeGreaterThan(0)
})

test('Of a story in several foreign languages the newsletter’s default language is taken', async () => {
	await use({ untranslated: 'include' })
	await story({ title: 'Español', locale: 'es', translationGroup: 99 })
	await story({ title: 'Deutsch', locale: 'de', translationGroup: 99 })
	expect(await preview()).toEqual(['en: Español', 'fr: Español'])
	await story({ title: 'English', locale: 'en', translationGroup: 99 })
	expect(await preview()).toEqual(['en: English', 'fr: English'])
})

test('Staff can choose stories by hand: in their order, whatever their age, with their translations', async () => {
	const old = await story({ title: 'Old', hoursAgo: 10_000, translationGroup: 500 })
	await story({ title: 'Vieux', locale: 'fr', hoursAgo: 10_000, translationGroup: 500 })
	const fresh = await story({ title: 'Fresh' })
	await story({ title: 'Not chosen' })
	expect(await preview({ storyIds: [old, fresh] })).toEqual(['en: Old, Fresh', 'fr: Vieux'])
	expect(await preview({ storyIds: [fresh, old] })).toEqual(['en: Fresh, Old', 'fr: Vieux'])
	const other = await makeNewsletter(app)
	const foreign = await makeStory(app, other.id)
	await expect(preview({ storyIds: [old, foreign, 987_654] })).rejects.toMatchObject({
		code: 'invalid',
		fields: [{ field: 'storyIds', params: { ids: `${foreign}, 987654` } }],
	})
})

test('Subject and preheader come from the newsletter’s patterns, or from who triggers', async () => {
	await use({ texts: { en: { name: 'World News', subjectPattern: '{name}: {title} ({count})' } } })
	await story({ title: 'A\r\nBcc: x@example.com', hoursAgo: 1 })
	await story({ title: 'B', hoursAgo: 2 })
	const [own] = await previewDigest(app, newsletter.id)
	expect(own?.subject).toBe('World News: A Bcc: x@example.com (2)')
	const given = { subject: { en: 'Today: {title}' }, preheader: 'On {date}' }
	app.clock.set(new Date('2026-03-09T12:00:00Z'))
	await makeStory(app, newsletter.id, { title: 'C' })
	const [rendition] = await previewDigest(app, newsletter.id, given)
	expect(rendition?.subject).toMatch(/^Today: /)
	expect(rendition?.preheader).toBe('On 9 March 2026')
	await expect(previewDigest(app, newsletter.id, { subject: 'Half price {' })).rejects.toMatchObject({
		code: 'invalid',
		fields: [{ field: 'subject' }],
	})
	app.clock.set(new Date())
})

test('A digest is refused without postal address and contact, both named (CASL, CAN-SPAM)', async () => {
	await use({ postalAddress: null, contact: null })
	await story({})
	await expect(trigger()).rejects.toMatchObject({
		code: 'conflict',
		fields: [{ field: 'postalAddress' }, { field: 'contact' }],
	})
	const [looked] = await previewDigest(app, newsletter.id)
	expect(looked?.text).toContain('The postal address is still missing.')
	expect(await listDigests(app, newsletter.id)).toEqual([])
})

test('The same key twice makes one digest; with another request it is refused', async () => {
	await story({})
	const first = await trigger({ key: 'k', fingerprint: 'a' })
	await story({})
	const again = await trigger({ key: 'k', fingerprint: 'a' })
	expect(first.kind).toBe('created')
	expect(again).toMatchObject({ kind: 'existing', digest: { id: 'digest' in first ? first.digest.id : 0 } })
	await expect(trigger({ key: 'k', fingerprint: 'b' })).rejects.toMatchObject({ code: 'conflict' })
	expect((await trigger({ by: { kind: 'key', id: 1, scopes: null }, key: 'k', fingerprint: 'b' })).kind).toBe(
		'created',
	)
})

test('Two triggers at once take each story once', async () => {
	await story({})
	await story({ locale: 'fr' })
	const triggered = await Promise.all([trigger(), trigger(), trigger()])
	expect(triggered.map(({ kind }) => kind).sort()).toEqual(['created', 'nothing_new', 'nothing_new'])
})

test('A mail that can’t be compiled leaves nothing behind', async () => {
	await story({})
	const broken = { ...app, renderMail: () => Promise.reject(new Error('mj-section is not closed')) }
	await expect(triggerDigest(broken, newsletter.id, { by: operator })).rejects.toThrow('mj-section')
	expect(await listDigests(app, newsletter.id)).toEqual([])
	expect(await preview()).not.toEqual([])
})

test('A digest too large for mail programs loses its last stories, says so, and keeps them for the next (F11)', async () => {
	await use({ storyLimit: 60 })
	for (let index = 1; index <= 60; index++) {
		await story({ title: `Story ${index}`, summary: 'é & <b> '.repeat(240), hoursAgo: index })
	}
	const triggered = await trigger()
	const rendition = 'digest' in triggered ? triggered.digest.renditions[0] : undefined
	expect(rendition?.droppedStories).toBeGreaterThan(0)
	expect((rendition?.storyCount ?? 0) + (rendition?.droppedStories ?? 0)).toBe(60)
	const row = await app.db
		.selectFrom('renditions')
		.select('html')
		.orderBy('id', 'desc')
		.executeTakeFirstOrThrow()
	expect(Buffer.byteLength(row.html)).toBeLessThan(102_400)
	expect(Buffer.byteLength(row.html)).toBeGreaterThan(90_000)
	const [next] = await preview()
	expect(next).toMatch(new RegExp(`^en: Story ${(rendition?.storyCount ?? 0) + 1}, `))
})

test('A source that is removed at the same moment takes its stories along, or leaves them to the digest', async () => {
	for (let round = 0; round < 6; round++) {
		await use({})
		const source = { newsletterId: newsletter.id, url: 'https://charity.example/feed', locale: 'en' }
		const { id: sourceId } = await addSource(app, source, operator)
		for (let count = 0; count < 4; count++) await story({})
		await app.db
			.updateTable('stories')
			.set({ source_id: sourceId })
			.where('newsletter_id', '=', newsletter.id)
			.execute()
		const remove = async () => {
			// each time further into the making of the digest
			for (let turns = 0; turns < round * 6; turns++) await listDigests(app, newsletter.id)
			await removeSource(app, { sourceId }, operator)
		}
		const [triggered] = await Promise.all([trigger(), remove()])
		const left = await app.db
			.selectFrom('stories')
			.select('id')
			.where('newsletter_id', '=', newsletter.id)
			.execute()
		expect(left).toHaveLength(triggered.kind === 'created' ? 4 : 0)
	}
})

test('The page “view in browser” has no reader’s links and does not change when a story does', async () => {
	const id = await story({ title: 'As it was' })
	const triggered = await trigger()
	if (triggered.kind !== 'created') throw new Error(triggered.kind)
	const { publicId } = triggered.digest
	await changeStory(app, { storyId: id, changes: { title: 'Changed' } }, operator)
	const html = await findWebVersion(app, publicId, 'en')
	expect(html).toContain('As it was')
	expect(html).not.toContain('Changed')
	expect(html).not.toMatch(/slot_|\/unsubscribe\//)
	expect(await findWebVersion(app, publicId, 'de')).toBeUndefined()
	expect(await findWebVersion(app, 'x', 'en')).toBeUndefined()
})

test('The sums of a digest that is not planned yet are none', async () => {
	await story({})
	const triggered = await trigger()
	if (triggered.kind !== 'created') throw new Error(triggered.kind)
	expect(await digestProgress(app, triggered.digest.id)).toMatchObject({
		candidates: 0,
		planned: 0,
		balanced: true,
	})
	await expect(digestProgress(app, 999_999)).rejects.toMatchObject({ code: 'not_found' })
})
