import { describe, expect, it } from 'vitest'
import { operator } from '../../src/kernel/actor.ts'
import {
	changeStory,
	findStory,
	linkTranslations,
	listStories,
	type Story,
	type StoryInput,
	storyChanges,
	storyInput,
	storyQuery,
	translationsInput,
	unlinkTranslation,
	writeStory,
} from '../../src/stories/index.ts'
import { serveFeed } from './serve-feed.ts'
import { putInDigest, storyFixture, useStories } from './story-fixture.ts'

useStories()

async function writers() {
	const fixture = await storyFixture()
	const { deps, newsletter } = fixture
	const write = (input: Partial<StoryInput> = {}) =>
		writeStory(deps, { newsletterId: newsletter.id, locale: 'en', title: 'A story', ...input }, operator)
	const change = (storyId: number, changes: Parameters<typeof changeStory>[1]['changes']) =>
		changeStory(deps, { storyId, changes }, operator)
	return { ...fixture, write, change }
}

describe('a story that staff write', () => {
	it('is new, and holds what they say', async () => {
		const { deps, write, clock, newsletter } = await writers()
		const story = await write({
			summary: 'A well for all',
			link: 'https://charity.test/well',
			topics: ['water'],
		})
		expect(story).toMatchObject({
			newsletterId: newsletter.id,
			sourceId: null,
			state: 'new',
			title: 'A story',
			summary: 'A well for all',
			link: 'https://charity.test/well',
			imageUrl: null,
			topics: ['water'],
			publishedAt: clock.now(),
			editedAt: null,
			translations: [],
		})
		expect(await findStory(deps, { storyId: story.id })).toEqual(story)
		expect(await findStory(deps, { storyId: 999_999 })).toBeUndefined()
	})

	it('needs a language of the newsletter, a link of its own and a date that has come', async () => {
		const { write, change, clock } = await writers()
		await expect(write({ locale: 'de' })).rejects.toMatchObject({
			code: 'invalid',
			fields: [{ field: 'locale' }],
		})
		const publishedAt = new Date(clock.now().getTime() + 1000)
		await expect(write({ publishedAt })).rejects.toMatchObject({
			fields: [{ message: 'errors.story.future' }],
		})
		const first = await write({ link: 'https://charity.test/a' })
		await expect(write({ link: 'http://www.charity.test/a/' })).rejects.toMatchObject({
			code: 'conflict',
			params: { id: first.id },
		})
		await write({ link: 'https://charity.test/a', locale: 'fr' })
		const other = await write({ link: 'https://charity.test/b' })
		await expect(change(other.id, { link: 'https://charity.test/a' })).rejects.toMatchObject({
			code: 'conflict',
		})
		expect(await change(first.id, { link: 'https://charity.test/a?utm_source=x' })).toMatchObject({
			link: 'https://charity.test/a?utm_source=x',
		})
	})
})

describe('staff', () => {
	it('change texts, which marks the story as edited', async () => {
		const { write, change, clock } = await writers()
		const { id } = await write({ link: 'https://charity.test/a', author: 'Awa' })
		const changed = await change(id, { title: 'Better', link: null, author: null })
		expect(changed).toMatchObject({ title: 'Better', link: null, author: null, editedAt: clock.now() })
	})

	it('hide a story and show it again', async () => {
		const { write, change, list } = await writers()
		const { id } = await write()
		expect(await change(id, { hidden: true })).toMatchObject({ state: 'hidden', editedAt: null })
		expect(await change(id, { hidden: true })).toMatchObject({ state: 'hidden' })
		expect(await list({ state: 'new' })).toEqual([])
		expect(await change(id, { hidden: false })).toMatchObject({ state: 'new' })
	})

	it('release a story from the backlog, and put one there', async () => {
		const { add, poll, list, change } = await writers()
		const feed = await serveFeed({ guid: 'a', title: 'A' })
		await poll((await add(feed.url)).id)
		const [story] = await list({ state: 'backlog' })
		expect(await change(story?.id ?? 0, { backlog: false })).toMatchObject({ state: 'new', editedAt: null })
		expect(await change(story?.id ?? 0, { backlog: true })).toMatchObject({ state: 'backlog' })
	})

	it('are told that there is no such story', async () => {
		const { deps, change } = await writers()
		const notFound = { code: 'not_found', message: 'errors.story.not_found' }
		await expect(change(999_999, { hidden: true })).rejects.toMatchObject(notFound)
		await expect(unlinkTranslation(deps, { storyId: 999_999 }, operator)).rejects.toMatchObject(notFound)
		await expect(linkTranslations(deps, { storyIds: [999_998, 999_999] }, operator)).rejects.toMatchObject(
			notFound,
		)
	})
})

describe('the list', () => {
	it('goes page by page, newest first, each story once, whatever is added meanwhile', async () => {
		const { deps, write, newsletter } = await writers()
		const dates = ['2026-01-02', '2026-01-01', '2026-01-02', '2026-01-03', '2026-01-02']
		for (const [n, date] of dates.entries()) await write({ title: `${n}`, publishedAt: new Date(date) })
		const seen: string[] = []
		let after: Story | undefined
		do {
			const stories = await listStories(deps, { newsletterId: newsletter.id, limit: 2, after })
			seen.push(...stories.map(({ title }) => title))
			if (seen.length === 2) await write({ title: 'late', publishedAt: new Date('2026-01-09') })
			after = stories.at(-1)
		} while (after)
		expect(seen).toEqual(['3', '4', '2', '0', '1'])
	})

	it('is by language and state', async () => {
		const { write, change, list, newsletter } = await writers()
		const [mailed, hidden] = [await write({ title: 'mailed' }), await write({ title: 'hidden' })]
		await write({ title: 'new' })
		await write({ title: 'nouveau', locale: 'fr' })
		await change((await write({ title: 'backlog' })).id, { backlog: true })
		await putInDigest(newsletter, [mailed])
		await change(hidden.id, { hidden: true })
		const titles = async (query: Parameters<typeof list>[0]) => (await list(query)).map(({ title }) => title)
		expect(await titles({ locale: 'fr' })).toEqual(['nouveau'])
		expect(await titles({ state: 'new', locale: 'en' })).toEqual(['new'])
		for (const state of ['mailed', 'hidden', 'backlog'] as const)
			expect(await titles({ state })).toEqual([state])
		expect(await titles({})).toHaveLength(5)
	})
})

describe('translations', () => {
	it('are linked, both ways, and come along when one is linked to another', async () => {
		const { deps, write } = await writers()
		const [en, fr] = [await write(), await write({ locale: 'fr', title: 'Un récit' })]
		const linked = await linkTranslations(deps, { storyIds: [en.id, fr.id] }, operator)
		expect(linked.map(({ id, translations }) => [id, translations])).toEqual([
			[en.id, [{ id: fr.id, locale: 'fr' }]],
			[fr.id, [{ id: en.id, locale: 'en' }]],
		])
		expect(await linkTranslations(deps, { storyIds: [fr.id, en.id] }, operator)).toHaveLength(2)
	})

	it('belong to one story only, also where two say so at the same moment', async () => {
		const { deps, write } = await writers()
		for (const _ of Array(20)) {
			const [one, other, fr] = [await write(), await write(), await write({ locale: 'fr' })]
			const links = await Promise.allSettled(
				[one, other].map(({ id }) => linkTranslations(deps, { storyIds: [id, fr.id] }, operator)),
			)
			expect(links.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
		}
	})

	it('need a language each, counting those that are linked already', async () => {
		const { deps, write } = await writers()
		const [en, fr, other] = [await write(), await write({ locale: 'fr' }), await write()]
		await linkTranslations(deps, { storyIds: [en.id, fr.id] }, operator)
		for (const storyIds of [
			[en.id, other.id],
			[fr.id, other.id],
			[other.id, other.id],
		]) {
			await expect(linkTranslations(deps, { storyIds }, operator)).rejects.toMatchObject({
				code: 'invalid',
				message: 'errors.story.same_language',
			})
		}
		expect(await findStory(deps, { storyId: other.id })).toMatchObject({ translations: [] })
	})

	it('are of one newsletter', async () => {
		const [one, two] = [await writers(), await writers()]
		const storyIds = [(await one.write()).id, (await two.write({ locale: 'fr' })).id]
		await expect(linkTranslations(one.deps, { storyIds }, operator)).rejects.toMatchObject({
			message: 'errors.story.several_newsletters',
		})
	})

	it('are unlinked, the others staying together', async () => {
		const { deps, write } = await writers()
		const [en, fr, next] = [await write(), await write({ locale: 'fr' }), await write({ locale: 'fr' })]
		await linkTranslations(deps, { storyIds: [en.id, fr.id] }, operator)
		expect(await unlinkTranslation(deps, { storyId: en.id }, operator)).toMatchObject({ translations: [] })
		expect(await findStory(deps, { storyId: fr.id })).toMatchObject({ translations: [] })
		const again = await linkTranslations(deps, { storyIds: [en.id, next.id] }, operator)
		expect(again.map(({ translations }) => translations.map(({ id }) => id))).toEqual([[next.id], [en.id]])
	})
})

describe('the input of staff', () => {
	it('is cleaned where that is harmless', () => {
		expect(
			storyInput.parse({
				locale: 'fr',
				title: ' Un récit ',
				summary: 'Deux\r\n lignes ',
				publishedAt: '2026-01-01T12:00:00+01:00',
			}),
		).toEqual({
			locale: 'fr',
			title: 'Un récit',
			summary: 'Deux lignes',
			publishedAt: new Date('2026-01-01T11:00:00Z'),
		})
	})

	it.each([
		{},
		{ locale: 'en' },
		{ locale: 'en', title: '' },
		{ locale: 'en', title: 'Two\nlines' },
		{ locale: 'en', title: 'x'.repeat(301) },
		{ locale: 'en', title: 'NUL \u0000' },
		{ locale: 'en', title: 'T', link: 'javascript:alert(1)' },
		{ locale: 'en', title: 'T', imageUrl: 'data:image/png;base64,AA' },
		{ locale: 'en', title: 'T', publishedAt: 'yesterday' },
		{ locale: 'en', title: 'T', html: '<b>' },
	])('%j is refused', (input) => expect(storyInput.safeParse(input).success).toBe(false))

	it('of changes, queries and translations is checked too', () => {
		expect(storyChanges.safeParse({ hidden: 'yes' }).success).toBe(false)
		expect(storyChanges.safeParse({ locale: 'fr' }).success).toBe(false)
		expect(storyQuery.safeParse({ state: 'sent' }).success).toBe(false)
		expect(storyQuery.safeParse({ limit: '101' }).success).toBe(false)
		expect(translationsInput.safeParse({ storyIds: [1] }).success).toBe(false)
	})
})
