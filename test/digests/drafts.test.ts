import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import {
	findCurrentDraft,
	forecastDigest,
	openDraft,
	reconcileDrafts,
	redoDraft,
	runSchedule,
	runStart,
	saveDraftTexts,
	skipNext,
	startDraft,
	stepDraft,
	syncSchedules,
	undoDraft,
	undoStart,
	wishOf,
} from '../../src/digests/index.ts'
import { operator } from '../../src/kernel/actor.ts'
import { changeNewsletter } from '../../src/newsletters/index.ts'
import { makeNewsletter, makeReader, makeStory } from '../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'

let app: TestApp
let newsletterId: number
let slug: string
afterAll(() => app?.close())

beforeEach(async () => {
	app ??= await startTestApp({ workers: false })
	const newsletter = await makeNewsletter(app)
	newsletterId = newsletter.id
	slug = newsletter.slug
	for (const hoursAgo of [1, 2, 3])
		await makeStory(app, newsletterId, { title: `Story of ${hoursAgo} hours ago`, hoursAgo })
	await makeReader(app, newsletterId, { address: `awa${newsletterId}@example.net` })
})

const open = () => openDraft(app, newsletterId, { actor: operator })
const digests = () =>
	app.db.selectFrom('digests').selectAll().where('newsletter_id', '=', newsletterId).orderBy('id').execute()
const renditions = async () =>
	app.db
		.selectFrom('renditions')
		.innerJoin('variants', 'variants.id', 'variant_id')
		.innerJoin('digests', 'digests.id', 'digest_id')
		.select(['variants.locale', 'subject', 'html', 'text'])
		.where('newsletter_id', '=', newsletterId)
		.execute()
const texts = (subject: Record<string, string>, introduction: Record<string, string> = {}) => ({
	subject,
	preheader: {},
	introduction,
})

describe('a draft', () => {
	it('is one for all who open it, and holds what was new then', async () => {
		const [first, second] = await Promise.all([open(), open()])
		expect(first.id).toBe(second.id)
		expect(first.content.storyIds).toHaveLength(3)
		await makeStory(app, newsletterId)
		expect((await open()).content.storyIds).toEqual(first.content.storyIds)
	})

	it('is changed in steps that can be undone and redone, and ends at the edges', async () => {
		const draft = await open()
		const [a = 0, b = 0, c = 0] = draft.content.storyIds
		const order = async (step: Parameters<typeof stepDraft>[2]) =>
			(await stepDraft(app, draft.id, step, operator)).content.storyIds
		expect(await order({ move: a, by: -1 })).toEqual([a, b, c])
		expect(await order({ move: a, by: 1 })).toEqual([b, a, c])
		expect(await order({ lead: c })).toEqual([c, b, a])
		expect(await order({ leaveOut: b })).toEqual([c, a])
		expect((await undoDraft(app, draft.id, operator)).content.storyIds).toEqual([c, b, a])
		expect((await undoDraft(app, draft.id, operator)).content.storyIds).toEqual([b, a, c])
		expect((await redoDraft(app, draft.id, operator)).content.storyIds).toEqual([c, b, a])
		expect(await order({ putBack: 999_999 })).toContain(999_999)
	})

	it('keeps what two people change in different texts, and overwrites nothing where both changed the same', async () => {
		const draft = await open()
		const base = draft.versionId
		await saveDraftTexts(app, draft.id, { base, texts: texts({ en: 'Mine' }) }, operator)
		const other = await saveDraftTexts(app, draft.id, { base, texts: texts({ fr: 'La mienne' }) }, operator)
		expect(other.draft.content.subject).toEqual({ en: 'Mine', fr: 'La mienne' })
		const clash = await saveDraftTexts(app, draft.id, { base, texts: texts({ en: 'Yours' }) }, operator)
		expect(clash.conflicts).toMatchObject([{ field: 'subject', locale: 'en', theirs: 'Mine', mine: 'Yours' }])
		expect(clash.draft.content.subject.en).toBe('Mine')
	})

	it('becomes the digest that it says: its order, words, introduction and edits', async () => {
		const draft = await open()
		const [first = 0, second = 0, third = 0] = draft.content.storyIds
		await stepDraft(app, draft.id, { lead: second }, operator)
		await stepDraft(app, draft.id, { leaveOut: third }, operator)
		await stepDraft(
			app,
			draft.id,
			{ edits: new Map([[first, { title: 'Told otherwise <b>', summary: 'In other words.' }]]) },
			operator,
		)
		const own = texts({ en: 'A subject of ours' }, { en: 'Dear **friends** <script>alert(1)</script>' })
		await saveDraftTexts(app, draft.id, { base: draft.versionId, texts: own }, operator)
		await startDraft(app, draft.id, { actor: operator })
		await runStart(app, draft.id)
		expect(await digests()).toEqual([])
		app.clock.advance({ seconds: 31 })
		await Promise.all([runStart(app, draft.id), runStart(app, draft.id)])
		expect(await digests()).toHaveLength(1)
		const english = (await renditions()).find(({ locale }) => locale === 'en')
		expect(english?.subject).toBe('A subject of ours')
		expect(english?.html).toContain('Dear <strong style="font-weight:600">friends</strong> &lt;script&gt;')
		expect(english?.text).toContain('Dear friends <script>')
		expect(english?.html).toContain('Told otherwise &lt;b&gt;')
		expect(english?.html).not.toContain('Story of 3 hours ago')
		const place = (words: string) => english?.html.lastIndexOf(words) ?? 0
		expect(place('Story of 2 hours ago')).toBeLessThan(place('Told otherwise'))
		expect((await open()).id).not.toBe(draft.id)
	})

	it('can be taken back while the countdown runs, and not after; whoever presses second gets the same countdown', async () => {
		const draft = await open()
		const begun = await startDraft(app, draft.id, { actor: operator })
		app.clock.advance({ seconds: 10 })
		expect((await startDraft(app, draft.id, { actor: operator })).startsAt).toEqual(begun.startsAt)
		await expect(stepDraft(app, draft.id, { lead: 1 }, operator)).rejects.toMatchObject({ code: 'conflict' })
		expect((await undoStart(app, draft.id, operator)).state).toBe('open')
		app.clock.advance({ seconds: 60 })
		await runStart(app, draft.id)
		expect(await digests()).toEqual([])
		await startDraft(app, draft.id, { actor: operator })
		app.clock.advance({ seconds: 60 })
		await runStart(app, draft.id)
		await expect(undoStart(app, draft.id, operator)).rejects.toMatchObject({
			message: 'errors.draft.too_late',
		})
	})

	it('is open again and says why where it can’t be sent', async () => {
		const draft = await open()
		await startDraft(app, draft.id, { actor: operator })
		await changeNewsletter(app, slug, { contact: null }, operator)
		app.clock.advance({ seconds: 60 })
		await runStart(app, draft.id)
		expect(await findCurrentDraft(app.db, { newsletterId, kind: 'each' })).toMatchObject({
			state: 'open',
			problem: 'errors.draft.not_made',
		})
	})

	it('is not sent as it was before it was taken back, changed and started again', async () => {
		const draft = await open()
		const [story = 0] = draft.content.storyIds
		const imageUrl = `https://charity.example/${story}.jpg`
		await app.db.updateTable('stories').set({ image_url: imageUrl }).where('id', '=', story).execute()
		await startDraft(app, draft.id, { actor: operator })
		app.clock.advance({ seconds: 31 })
		// its pictures are measured before anything is locked, which takes seconds
		const measurePicture = async () => {
			await undoStart(app, draft.id, operator)
			await saveDraftTexts(app, draft.id, { base: draft.versionId, texts: texts({ en: 'Later' }) }, operator)
			await startDraft(app, draft.id, { actor: operator })
			return undefined
		}
		await runStart({ ...app, measurePicture }, draft.id)
		expect(await digests()).toEqual([])
		app.clock.advance({ seconds: 31 })
		await runStart(app, draft.id)
		expect((await renditions()).find(({ locale }) => locale === 'en')?.subject).toBe('Later')
	})

	it('is not started in another version than was looked at', async () => {
		const draft = await open()
		const [, second = 0] = draft.content.storyIds
		const changed = await stepDraft(app, draft.id, { lead: second }, operator)
		const start = (versionId: number) => startDraft(app, draft.id, { versionId, actor: operator })
		await expect(start(draft.versionId)).rejects.toMatchObject({ message: 'errors.draft.changed' })
		expect((await start(changed.versionId)).state).toBe('starting')
	})

	it('is sent without the stories that have gone with their source', async () => {
		const draft = await open()
		const [gone = 0, ...others] = draft.content.storyIds
		await app.db.deleteFrom('stories').where('id', '=', gone).execute()
		expect((await forecastDigest(app, newsletterId, wishOf(draft))).storyIds).toEqual(others)
		await startDraft(app, draft.id, { actor: operator })
		app.clock.advance({ seconds: 31 })
		await runStart(app, draft.id)
		expect(await digests()).toHaveLength(1)
	})

	it('is refused a time that has gone by, and started by the reconciler where the queue lost it', async () => {
		const draft = await open()
		const at = (minutes: number) => new Date(app.clock.now().getTime() + minutes * 60_000)
		await expect(startDraft(app, draft.id, { at: at(-1), actor: operator })).rejects.toMatchObject({
			code: 'invalid',
		})
		await startDraft(app, draft.id, { at: at(60), actor: operator })
		const asked: object[] = []
		const jobs = { enqueue: async (_name: string, payload: object) => void asked.push(payload) }
		await reconcileDrafts({ ...app, jobs: jobs as never })
		expect(asked).not.toContainEqual({ draftId: draft.id })
		app.clock.advance({ hours: 1 })
		await reconcileDrafts({ ...app, jobs: jobs as never })
		expect(asked).toContainEqual({ draftId: draft.id })
	})

	it('goes out by the schedule as it was prepared, unless the next one is skipped', async () => {
		await changeNewsletter(
			app,
			slug,
			{ schedule: { cron: `0 ${app.clock.now().getUTCHours()} * * *`, timeZone: 'UTC' } },
			operator,
		)
		await syncSchedules(app)
		const draft = await open()
		await saveDraftTexts(app, draft.id, { base: draft.versionId, texts: texts({ en: 'Prepared' }) }, operator)
		await skipNext(app, newsletterId, { skip: true, actor: operator })
		app.clock.advance({ days: 1 })
		await runSchedule(app, newsletterId)
		expect(await digests()).toEqual([])
		app.clock.advance({ days: 1 })
		await runSchedule(app, newsletterId)
		expect((await renditions()).find(({ locale }) => locale === 'en')?.subject).toBe('Prepared')
		expect(await findCurrentDraft(app.db, { newsletterId, kind: 'each' })).toBeUndefined()
	})
})
