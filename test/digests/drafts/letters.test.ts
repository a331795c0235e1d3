import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import {
	checkDraft,
	forecastDigest,
	getDigest,
	getDraft,
	openDraft,
	openLetter,
	previewVariant,
	saveDraftTexts,
	stepDraft,
	wishOf,
} from '../../../src/digests/index.ts'
import { operator } from '../../../src/kernel/actor.ts'
import { addTopic } from '../../../src/newsletters/index.ts'
import { makeNewsletter, makeReader, makeStory } from '../../support/make-newsletter.ts'
import { sendDraft } from '../../support/send-draft.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

let app: TestApp
let newsletterId: number
let slug: string
afterAll(() => app?.close())

beforeEach(async () => {
	app ??= await startTestApp({ workers: false })
	const newsletter = await makeNewsletter(app, {
		roundUp: { cron: '0 8 1 * *', timeZone: 'America/Toronto', storyLimit: 10 },
	} as never)
	newsletterId = newsletter.id
	slug = newsletter.slug
	await makeStory(app, newsletterId, { title: 'A well is dug' })
	await makeReader(app, newsletterId, { address: `awa${newsletterId}@example.net` })
	await makeReader(app, newsletterId, { address: `luc${newsletterId}@example.net`, locale: 'fr' })
})

const write = async (introduction: Record<string, string>, subject: Record<string, string> = {}) => {
	const draft = await openLetter(app, newsletterId, operator)
	const texts = { subject, preheader: {}, introduction }
	await saveDraftTexts(app, draft.id, { base: draft.versionId, texts }, operator)
	return getDraft(app, draft.id)
}

const send = (draftId: number) => sendDraft(app, draftId)

/** Has a reader choose something. */
async function choose(address: string, choices: { topicIds?: number[]; rhythm?: 'round_up' }): Promise<void> {
	const { id } = await app.db
		.insertInto('choice_profiles')
		.values({
			newsletter_id: newsletterId,
			locale: 'en',
			all_topics: choices.topicIds === undefined,
			topic_ids: choices.topicIds ?? [],
			untranslated: null,
			rhythm: choices.rhythm ?? 'each',
		})
		.returning('id')
		.executeTakeFirstOrThrow()
	const subscription = await makeReader(app, newsletterId, { address })
	await app.db.updateTable('subscriptions').set({ profile_id: id }).where('id', '=', subscription).execute()
}

const mails = (digestId: number) =>
	app.db
		.selectFrom('renditions')
		.innerJoin('variants', 'variants.id', 'variant_id')
		.select(['locale', 'subject', 'preheader', 'html', 'text'])
		.where('digest_id', '=', digestId)
		.orderBy('locale')
		.execute()

describe('a letter', () => {
	it('is what staff wrote and nothing else, and the next digest still brings every story', async () => {
		const before = await forecastDigest(app, newsletterId)
		const letter = await write(
			{ en: 'Dear **friends** <b>of ours</b>,\n\nthank you.', fr: 'Chers amis' },
			{ en: 'Thank you' },
		)
		const digestId = await send(letter.id)
		const [english, french] = await mails(digestId)
		expect(english).toMatchObject({ locale: 'en', subject: 'Thank you' })
		expect(english?.preheader).toBe('Dear friends <b>of ours</b>, thank you.')
		expect(english?.html).toContain('Dear <strong style="font-weight:600">friends</strong> &lt;b&gt;')
		expect(english?.text).toContain('thank you.')
		expect(french?.subject).toBe('Nouvelles du monde')
		for (const mail of [english, french]) {
			expect(mail?.html).not.toContain('A well is dug')
			expect(mail?.html).not.toMatch(/\b0 (stories|articles?)/)
			expect(mail?.text).not.toMatch(/\b0 (stories|articles?)/)
		}
		const digest = await getDigest(app, digestId)
		expect(digest).toMatchObject({ isLetter: true, audience: { planned: 2 } })
		const after = await forecastDigest(app, newsletterId)
		expect(after.storyIds).toEqual(before.storyIds)
		expect(after.audience).toEqual(before.audience)
	})

	it('goes to readers of all topics, and not to who asked for the round-up alone', async () => {
		const topic = await addTopic(
			app,
			slug,
			{ slug: 'water', texts: { en: { name: 'Water' } } } as never,
			operator,
		)
		await choose(`topics${newsletterId}@example.net`, { topicIds: [topic.id] })
		await choose(`monthly${newsletterId}@example.net`, { rhythm: 'round_up' })
		const letter = await write({ en: 'Dear friends', fr: 'Chers amis' })
		const { audience } = await getDigest(app, await send(letter.id))
		expect(audience).toEqual({ candidates: 4, planned: 3, excluded: { other_rhythm: 1 } })
	})

	it('goes to nobody in a language that it is not written in, and that is asked about', async () => {
		const letter = await write({ en: 'Dear friends' })
		const { checks, readers } = await checkDraft(app, letter)
		expect(readers).toBe(1)
		const asked = checks
			.filter(({ level }) => level === 'asks')
			.map(({ name, params }) => [name, params.locale])
		expect(asked).toContainEqual(['letter_missing', 'fr'])
		expect(asked).toContainEqual(['letter_subject', 'en'])
		const { audience } = await getDigest(app, await send(letter.id))
		expect(audience).toEqual({ candidates: 2, planned: 1, excluded: { no_rendition: 1 } })
	})

	it('can’t be sent while it is empty, and takes no story of a feed', async () => {
		const letter = await openLetter(app, newsletterId, operator)
		const { checks } = await checkDraft(app, letter)
		expect(checks.filter(({ level }) => level === 'stops').map(({ name }) => name)).toContain('letter_empty')
		const { storyIds } = await forecastDigest(app, newsletterId)
		const [story = 0] = storyIds
		expect((await stepDraft(app, letter.id, { putBack: story }, operator)).content.storyIds).toEqual([])
	})

	it('may have stories of its own, and is seen before it is sent', async () => {
		const letter = await openLetter(app, newsletterId, operator)
		const told = { title: 'We close', summary: 'For a week.', link: null, pictureAlt: null }
		const as = { writtenAt: app.clock.now().toISOString(), picture: null, versions: { en: told } }
		await stepDraft(app, letter.id, { own: 'new', as }, operator)
		const wish = wishOf(await getDraft(app, letter.id))
		const shown = await previewVariant(app, newsletterId, wish, { locale: 'en' })
		expect(shown?.rendition.html).toContain('We close')
		expect(shown).toMatchObject({ count: 1, readers: 1 })
	})

	it('is written beside the draft of the next digest, which the schedule sends', async () => {
		const [digest, letter] = [
			await openDraft(app, newsletterId, { actor: operator }),
			await openLetter(app, newsletterId, operator),
		]
		expect(letter.id).not.toBe(digest.id)
		expect((await openLetter(app, newsletterId, operator)).id).toBe(letter.id)
		expect((await openDraft(app, newsletterId, { actor: operator })).id).toBe(digest.id)
	})
})
