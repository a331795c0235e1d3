import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import {
	addEarlier,
	forecastDigest,
	getDraft,
	listEarlier,
	openDraft,
	openLetter,
	undoDraft,
} from '../../../src/digests/index.ts'
import { operator } from '../../../src/kernel/actor.ts'
import { linkTranslations } from '../../../src/stories/index.ts'
import { makeNewsletter, makeReader, makeStory } from '../../support/make-newsletter.ts'
import { sendDraft } from '../../support/send-draft.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

let app: TestApp
let newsletterId: number
let well: number
afterAll(() => app?.close())

beforeEach(async () => {
	app ??= await startTestApp({ workers: false })
	newsletterId = (await makeNewsletter(app)).id
	well = await makeStory(app, newsletterId, { title: 'A well is dug', hoursAgo: 2 })
	const puits = await makeStory(app, newsletterId, { title: 'Un puits à 100 %', locale: 'fr', hoursAgo: 2 })
	await linkTranslations(app, { storyIds: [well, puits] }, operator)
	await makeReader(app, newsletterId, { address: `awa${newsletterId}@example.net` })
})

const open = () => openDraft(app, newsletterId, { actor: operator })

const send = (draftId: number) => sendDraft(app, draftId)

/** What each reader of a digest got: titles by address. */
async function gotOf(digestId: number): Promise<Record<string, string[]>> {
	const rows = await app.db
		.selectFrom('deliveries as d')
		.innerJoin('renditions as r', 'r.id', 'd.rendition_id')
		.innerJoin('variant_stories as v', 'v.variant_id', 'r.variant_id')
		.innerJoin('stories as s', 's.id', 'v.story_id')
		.innerJoin('subscriptions as n', 'n.id', 'd.subscription_id')
		.innerJoin('subscribers as p', 'p.id', 'n.subscriber_id')
		.select(['p.local_part as who', 's.title'])
		.where('d.digest_id', '=', digestId)
		.orderBy('v.position')
		.execute()
	const byWho = Map.groupBy(rows, ({ who }) => who)
	return Object.fromEntries([...byWho].map(([who, own]) => [who, own.map(({ title }) => title)]))
}

describe('a story of an earlier digest', () => {
	it('is found by its title, with the day it was sent, unless it is hidden or in the draft', async () => {
		await send((await open()).id)
		const sentAt = app.clock.now()
		const backlog = await makeStory(app, newsletterId, {
			title: 'An old school',
			backlog: true,
			hoursAgo: 900,
		})
		await makeStory(app, newsletterId, { title: 'A hidden one', hidden: true })
		await makeStory(app, newsletterId, { title: 'A new one' })
		const draft = await open()
		const found = await listEarlier(app, draft)
		expect(found).toMatchObject({ more: false, stories: [{ id: well }, { id: backlog, of: null }] })
		expect(found.stories[0]?.of).toEqual(sentAt)
		const titles = async (search: string) =>
			(await listEarlier(app, draft, search)).stories.map(({ id }) => id)
		expect(await titles('WELL')).toEqual([well])
		expect(await titles('puits')).toEqual([well])
		expect(await titles('100 %')).toEqual([well])
		expect(await titles('%')).toEqual([well])
		expect(await titles('_')).toEqual([])
	})

	it('comes again to who had it, once, since staff asked; then it is had again', async () => {
		await send((await open()).id)
		const pump = await makeStory(app, newsletterId, { title: 'A pump is mended' })
		const draft = await open()
		await addEarlier(app, draft.id, well, operator)
		expect((await getDraft(app, draft.id)).content).toMatchObject({
			storyIds: [pump, well],
			earlier: { [well]: { by: 'operator', of: expect.any(String) } },
		})
		const who = `awa${newsletterId}`
		expect((await gotOf(await send(draft.id)))[who]).toEqual(['A pump is mended', 'A well is dug'])
		expect((await forecastDigest(app, newsletterId)).storyIds).toEqual([])
	})

	it('comes again to who changed their choices meanwhile', async () => {
		await send((await open()).id)
		app.clock.advance({ seconds: 300 })
		await app.db
			.updateTable('subscriptions')
			.set({ choices_changed_at: app.clock.now() })
			.where('newsletter_id', '=', newsletterId)
			.execute()
		app.clock.advance({ seconds: 300 })
		const draft = await open()
		expect(draft.content.storyIds).toEqual([])
		await addEarlier(app, draft.id, well, operator)
		expect((await gotOf(await send(draft.id)))[`awa${newsletterId}`]).toEqual(['A well is dug'])
	})

	it('is added once, not if it is gone or of another newsletter, nor to a letter, and can be undone', async () => {
		await send((await open()).id)
		const draft = await open()
		const other = await makeStory(app, (await makeNewsletter(app)).id)
		await addEarlier(app, draft.id, other, operator)
		await addEarlier(app, draft.id, 999_999, operator)
		expect((await getDraft(app, draft.id)).content.storyIds).toEqual([])
		await addEarlier(app, draft.id, well, operator)
		await addEarlier(app, draft.id, well, operator)
		expect((await getDraft(app, draft.id)).content.storyIds).toEqual([well])
		expect((await undoDraft(app, draft.id, operator)).content).toMatchObject({ storyIds: [], earlier: {} })
		const letter = await openLetter(app, newsletterId, operator)
		await addEarlier(app, letter.id, well, operator)
		expect((await getDraft(app, letter.id)).content.storyIds).toEqual([])
	})
})
