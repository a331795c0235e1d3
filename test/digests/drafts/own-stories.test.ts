import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { planDigest } from '../../../src/deliveries/index.ts'
import {
	forecastDigest,
	openDraft,
	previewVariant,
	readStoryGroups,
	runStart,
	startDraft,
	stepDraft,
	undoDraft,
	wishOf,
} from '../../../src/digests/index.ts'
import { operator } from '../../../src/kernel/actor.ts'
import type { OwnStory } from '../../../src/kernel/tables/digests.ts'
import { makeNewsletter, makeReader, makeStory } from '../../support/make-newsletter.ts'
import { sendDraft } from '../../support/send-draft.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

let app: TestApp
let newsletterId: number
afterAll(() => app?.close())

beforeEach(async () => {
	app ??= await startTestApp({ workers: false })
	newsletterId = (await makeNewsletter(app)).id
	await makeStory(app, newsletterId, { title: 'A well is dug', hoursAgo: 2 })
	await makeReader(app, newsletterId, { address: `awa${newsletterId}@example.net` })
	await makeReader(app, newsletterId, { address: `luc${newsletterId}@example.net`, locale: 'fr' })
})

const open = () => openDraft(app, newsletterId, { actor: operator })

function own(versions: Record<string, string>): OwnStory {
	return {
		writtenAt: app.clock.now().toISOString(),
		picture: 'https://charity.example/office.jpg',
		versions: Object.fromEntries(
			Object.entries(versions).map(([locale, title]) => [
				locale,
				{
					title,
					summary: `About: ${title}`,
					link: 'https://charity.example/office',
					pictureAlt: 'A door',
				},
			]),
		),
	}
}

const send = (draftId: number) => sendDraft(app, draftId)

const mails = (digestId: number) =>
	app.db
		.selectFrom('renditions')
		.innerJoin('variants', 'variants.id', 'variant_id')
		.select(['locale', 'html', 'text'])
		.where('digest_id', '=', digestId)
		.execute()

describe('a story that staff wrote for a digest', () => {
	it('stands in its place, in the language of the reader, escaped, in HTML and plain text', async () => {
		const { id } = await open()
		const hostile = own({ en: 'Closed <script>alert(1)</script>', fr: 'Fermé <b>' })
		const added = await stepDraft(app, id, { own: 'new', as: hostile }, operator)
		expect(added.content.storyIds).toHaveLength(2)
		await stepDraft(app, id, { lead: -1 }, operator)
		const found = await mails(await send(id))
		const [english, french] = ['en', 'fr'].map((each) => found.find(({ locale }) => locale === each))
		expect(english?.html).toContain('Closed &lt;script&gt;')
		expect(english?.html).not.toContain('<script>alert')
		expect(english?.html).toContain('https://charity.example/office.jpg')
		expect(english?.text).toContain('Closed <script>alert(1)</script>')
		expect(english?.text).toContain('https://charity.example/office')
		expect(english?.text.indexOf('1. Closed')).toBeGreaterThan(0)
		expect(french?.html).toContain('Fermé &lt;b&gt;')
		expect(french?.html).not.toContain('Closed')
	})

	it('is taken in another language by the newsletter’s rule, as any story', async () => {
		const { id } = await open()
		const { content } = await stepDraft(app, id, { own: 'new', as: own({ en: 'Closed' }) }, operator)
		const titles = async (untranslated: 'include' | 'skip') => {
			await app.db.updateTable('newsletters').set({ untranslated }).where('id', '=', newsletterId).execute()
			const { variants } = await forecastDigest(app, newsletterId, wishOf(await open()))
			return variants.find(({ locale }) => locale === 'fr')?.stories.map(({ title }) => title) ?? []
		}
		expect(content.storyIds.at(-1)).toBe(-1)
		expect(await titles('include')).toContain('Closed')
		expect(await titles('skip')).not.toContain('Closed')
	})

	it('is edited, left out, put back and undone as others, and seen in the preview', async () => {
		const { id } = await open()
		await stepDraft(app, id, { own: 'new', as: own({ en: 'First words' }) }, operator)
		await stepDraft(app, id, { own: -1, as: own({ en: 'Second words' }) }, operator)
		await stepDraft(app, id, { leaveOut: -1 }, operator)
		const out = await open()
		expect(out.content.leftOut).toEqual([-1])
		const groups = await readStoryGroups(app.db, newsletterId, out.content.leftOut, out.content.own)
		expect(groups.map(({ versions }) => versions[0]?.title)).toEqual(['Second words'])
		await stepDraft(app, id, { putBack: -1 }, operator)
		const shown = await previewVariant(app, newsletterId, wishOf(await open()), { locale: 'en' })
		expect(shown?.rendition.html).toContain('Second words')
		for (let step = 0; step < 3; step++) await undoDraft(app, id, operator)
		expect((await open()).content.own[-1]?.versions.en?.title).toBe('First words')
		expect((await undoDraft(app, id, operator)).content).toMatchObject({ own: {} })
	})

	it('is of one digest alone: the next has another, though both have the same number', async () => {
		const first = await open()
		await stepDraft(app, first.id, { own: 'new', as: own({ en: 'Of the first' }) }, operator)
		await send(first.id)
		await makeStory(app, newsletterId, { title: 'A school opens' })
		const next = await open()
		expect(next.content.own).toEqual({})
		await stepDraft(app, next.id, { own: 'new', as: own({ en: 'Of the second' }) }, operator)
		const [english] = (await mails(await send(next.id))).filter(({ locale }) => locale === 'en')
		expect(english?.html).toContain('Of the second')
		expect(english?.html).not.toContain('Of the first')
	})

	it('comes to who chose topics, and to who changed their choices before it was planned', async () => {
		const { id } = await open()
		await stepDraft(app, id, { own: 'new', as: own({ en: 'Closed', fr: 'Fermé' }) }, operator)
		await startDraft(app, id, { actor: operator })
		app.clock.advance({ seconds: 31 })
		await runStart(app, id)
		const { id: digestId } = await app.db
			.selectFrom('digests')
			.select('id')
			.where('newsletter_id', '=', newsletterId)
			.executeTakeFirstOrThrow()
		const profile = await app.db
			.insertInto('choice_profiles')
			.values({
				newsletter_id: newsletterId,
				locale: 'en',
				all_topics: false,
				topic_ids: [999_999],
				untranslated: 'skip',
				rhythm: 'each',
			})
			.returning('id')
			.executeTakeFirstOrThrow()
		await app.db
			.updateTable('subscriptions')
			.set({ profile_id: profile.id, choices_changed_at: app.clock.now() })
			.where('newsletter_id', '=', newsletterId)
			.where('locale', '=', 'en')
			.execute()
		await planDigest(app, digestId)
		const { audience } = await app.db
			.selectFrom('digests')
			.select('audience')
			.where('id', '=', digestId)
			.executeTakeFirstOrThrow()
		expect(audience).toEqual({ candidates: 2, planned: 2, excluded: {} })
	})
})
