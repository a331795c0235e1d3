import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
	type Draft,
	dropDraft,
	findCurrentDraft,
	holdDraft,
	letDraftGo,
	openDraft,
	reconcileDrafts,
	runSchedule,
	runStart,
	saveDraftTexts,
	skipNext,
	startDraft,
	stepDraft,
	syncSchedules,
	undoStart,
} from '../../../src/digests/index.ts'
import { type Actor, operator } from '../../../src/kernel/actor.ts'
import { changeNewsletter, type Newsletter, type Schedule } from '../../../src/newsletters/index.ts'
import { addMember, memberInput } from '../../../src/staff/index.ts'
import { makeNewsletter, makeReader, makeStory } from '../../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

let app: TestApp
let newsletter: Newsletter
beforeAll(async () => {
	app = await startTestApp({ workers: false })
})
afterAll(() => app?.close())

const weekly: Schedule = { cron: '0 7 * * 4', timeZone: 'America/Toronto', draftFirst: { sendAt: '09:00' } }

beforeEach(() => begin(weekly))

async function begin(schedule: Schedule, at = '2026-03-10T12:00:00Z'): Promise<void> {
	app.clock.set(new Date(at)) // a Tuesday
	newsletter = await makeNewsletter(app, { schedule })
	await makeStory(app, newsletter.id, { title: 'The well' })
	await makeReader(app, newsletter.id, { address: `awa${newsletter.id}@example.net` })
	await syncSchedules(app)
}

/** Runs the schedule at a moment, as the queue or the reconciler would. */
async function run(at: string): Promise<Draft | undefined> {
	app.clock.set(new Date(at))
	await runSchedule(app, newsletter.id)
	return current()
}

async function getDraft(at: string): Promise<Draft> {
	const draft = await run(at)
	if (!draft) throw new Error('no draft was made')
	return draft
}

/** Runs what makes a draft of its time a digest. */
async function go(at: string, id: number): Promise<void> {
	app.clock.set(new Date(at))
	await runStart(app, id)
}

const current = () => findCurrentDraft(app.db, { newsletterId: newsletter.id, kind: 'each' })
const digests = () =>
	app.db
		.selectFrom('digests')
		.select(['id', 'trigger', 'trigger_key'])
		.where('newsletter_id', '=', newsletter.id)
		.orderBy('id')
		.execute()
const stateOf = (id: number) =>
	app.db.selectFrom('digest_drafts').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
const titles = async () =>
	(
		await app.db
			.selectFrom('renditions')
			.innerJoin('variants', 'variants.id', 'variant_id')
			.innerJoin('digests', 'digests.id', 'digest_id')
			.select('html')
			.where('newsletter_id', '=', newsletter.id)
			.where('variants.locale', '=', 'en')
			.execute()
	).map(({ html }) => [...new Set(html.match(/The (?:well|school|boat)/g))])
const audit = async (id: number) =>
	(
		await app.db
			.selectFrom('audit_entries')
			.select(['actor', 'action', 'detail'])
			.where('subject', '=', `draft:${id}`)
			.orderBy('id')
			.execute()
	).map(({ actor, action }) => `${actor} ${action}`)

// Thursday 12 March, 07:00 and 09:00 in Toronto, which has had summer time since Sunday
const seven = '2026-03-12T11:00:00Z'
const nine = '2026-03-12T13:00:00Z'

describe('a draft of the schedule', () => {
	it('is made at its time, once however often that is asked for, and goes out later, once', async () => {
		app.clock.set(new Date(seven))
		await Promise.all([runSchedule(app, newsletter.id), runSchedule(app, newsletter.id)])
		await runSchedule(app, newsletter.id)
		const draft = await current()
		expect(draft).toMatchObject({ state: 'open', occurrence: new Date(seven), goesAt: new Date(nine) })
		const made = await app.db
			.selectFrom('digest_drafts')
			.select('id')
			.where('newsletter_id', '=', newsletter.id)
			.execute()
		expect(made).toHaveLength(1)
		expect(await digests()).toEqual([])

		const id = draft?.id ?? 0
		await makeStory(app, newsletter.id, { title: 'The boat' })
		await go('2026-03-12T12:59:00Z', id)
		expect(await digests()).toEqual([])
		app.clock.set(new Date(nine))
		await Promise.all([runStart(app, id), runStart(app, id), runSchedule(app, newsletter.id)])
		await runStart(app, id)
		expect(await digests()).toMatchObject([
			{ trigger: 'schedule', trigger_key: `schedule:${new Date(seven).toISOString()}` },
		])
		expect(await titles()).toEqual([['The well']])
		expect(await stateOf(id)).toMatchObject({ state: 'sent', digest_id: (await digests())[0]?.id })
		expect(await audit(id)).toEqual(['schedule prepare'])
	})

	it('keeps its time when it is edited, and says what it says then', async () => {
		const draft = await getDraft(seven)
		const subject = { en: 'The boat is in' }
		await saveDraftTexts(
			app,
			draft.id,
			{ base: draft.versionId, texts: { subject, preheader: {}, introduction: {} } },
			operator,
		)
		expect((await current())?.goesAt).toEqual(new Date(nine))
		await go(nine, draft.id)
		const rendition = await app.db
			.selectFrom('renditions')
			.innerJoin('variants', 'variants.id', 'variant_id')
			.innerJoin('digests', 'digests.id', 'digest_id')
			.select('subject')
			.where('newsletter_id', '=', newsletter.id)
			.where('variants.locale', '=', 'en')
			.executeTakeFirst()
		expect(rendition?.subject).toBe('The boat is in')
	})

	it('is not sent as it was before it was edited at the last moment, but a moment later as it is', async () => {
		const draft = await getDraft(seven)
		const [story = 0] = draft.content.storyIds
		const imageUrl = `https://charity.example/${story}.jpg`
		await app.db.updateTable('stories').set({ image_url: imageUrl }).where('id', '=', story).execute()
		app.clock.set(new Date(nine))
		// pictures are measured before anything is locked, which takes seconds
		const measurePicture = async () => {
			await stepDraft(app, draft.id, { edits: new Map([[story, { title: 'The school' }]]) }, operator)
			return undefined
		}
		await runStart({ ...app, measurePicture }, draft.id)
		expect(await digests()).toEqual([])
		await runStart(app, draft.id)
		expect(await titles()).toEqual([['The school']])
	})

	it('is found again where the queue lost it, and a crash leaves no half of it', async () => {
		app.clock.set(new Date(seven))
		const broken = {
			...app,
			jobs: {
				...app.jobs,
				enqueue: async () => {
					throw new Error('crashed')
				},
			},
		}
		await expect(runSchedule(broken, newsletter.id)).rejects.toThrow('crashed')
		const draft = await current()
		expect(draft?.goesAt).toEqual(new Date(nine))
		const asked: object[] = []
		const jobs = { enqueue: async (_name: string, payload: object) => void asked.push(payload) }
		await reconcileDrafts({ ...app, jobs: jobs as never })
		expect(asked).not.toContainEqual({ draftId: draft?.id })
		app.clock.set(new Date(nine))
		await reconcileDrafts({ ...app, jobs: jobs as never })
		expect(asked).toContainEqual({ draftId: draft?.id })
		// the digest is there, its job was lost: asking again makes no other
		await expect(runStart(broken, draft?.id ?? 0)).rejects.toThrow('crashed')
		await runStart(app, draft?.id ?? 0)
		expect(await digests()).toHaveLength(1)
	})

	it('does not go out while somebody holds it, and goes at its time where they let it go', async () => {
		const draft = await getDraft(seven)
		await holdDraft(app, draft.id, operator)
		await holdDraft(app, draft.id, operator)
		await go('2026-03-12T12:00:00Z', draft.id)
		await letDraftGo(app, draft.id, operator)
		await holdDraft(app, draft.id, operator)
		await go(nine, draft.id)
		expect(await digests()).toEqual([])
		await expect(letDraftGo(app, draft.id, operator)).rejects.toMatchObject({
			message: 'errors.draft.time_gone',
		})
		expect(await audit(draft.id)).toEqual([
			'schedule prepare',
			'operator hold',
			'operator let-go',
			'operator hold',
		])
		// it can be sent like any other
		await startDraft(app, draft.id, { actor: operator })
		await go('2026-03-12T13:01:00Z', draft.id)
		expect(await digests()).toHaveLength(1)
		await expect(holdDraft(app, draft.id, operator)).rejects.toMatchObject({ code: 'conflict' })
	})

	it('that is held at the very moment that it goes is either held or sent', async () => {
		for (let round = 0; round < 4; round++) {
			await begin(weekly)
			const draft = await getDraft(seven)
			app.clock.set(new Date(nine))
			const [held] = await Promise.allSettled([holdDraft(app, draft.id, operator), runStart(app, draft.id)])
			const sent = await digests()
			expect(sent).toHaveLength(held.status === 'fulfilled' ? 0 : 1)
		}
	})

	it('is held where a check stops it, where it would be days late, and where the schedule has gone', async () => {
		const stopped = await getDraft(seven)
		await changeNewsletter(app, newsletter.slug, { contact: null }, operator)
		await go(nine, stopped.id)
		expect(await current()).toMatchObject({ heldWhy: 'checks', heldByName: null })
		expect(await audit(stopped.id)).toEqual(['schedule prepare', 'schedule hold'])

		await begin(weekly)
		const late = await getDraft(seven)
		await go('2026-03-13T01:01:00Z', late.id)
		expect(await current()).toMatchObject({ heldWhy: 'late' })

		await begin(weekly)
		const orphan = await getDraft(seven)
		await changeNewsletter(app, newsletter.slug, { schedule: null }, operator)
		await go(nine, orphan.id)
		expect(await current()).toMatchObject({ heldWhy: 'schedule' })
		expect(await digests()).toEqual([])
	})

	it('that was made when its time had gone by is held: nobody had the time to look', async () => {
		expect(await run('2026-03-12T14:00:00Z')).toMatchObject({ heldWhy: 'late', goesAt: new Date(nine) })
	})

	it('waits for the end of the quiet hours', async () => {
		await begin({ ...weekly, quietHours: { from: '08:00', to: '10:00' } })
		const draft = await getDraft(seven)
		await go(nine, draft.id)
		expect([await digests(), (await current())?.heldAt]).toEqual([[], null])
		await go('2026-03-12T14:00:00Z', draft.id)
		expect(await digests()).toHaveLength(1)
	})

	it('waits for somebody where it has no time', async () => {
		await begin({ ...weekly, draftFirst: { sendAt: null } })
		const draft = await getDraft(seven)
		expect(draft).toMatchObject({ goesAt: null, heldAt: null })
		await go('2026-03-14T13:00:00Z', draft.id)
		expect(await digests()).toEqual([])
		await expect(holdDraft(app, draft.id, operator)).rejects.toMatchObject({
			message: 'errors.draft.goes_not',
		})
	})

	it('is not made where nothing is new, or where the next one is skipped', async () => {
		await app.db
			.updateTable('stories')
			.set({ hidden_at: app.clock.now() })
			.where('newsletter_id', '=', newsletter.id)
			.execute()
		expect(await run(seven)).toBeUndefined()
		await makeStory(app, newsletter.id, { title: 'The boat' })
		expect(await run('2026-03-12T11:10:00Z')).toBeUndefined()
		await skipNext(app, newsletter.id, { skip: true, actor: operator })
		expect(await run('2026-03-19T11:00:00Z')).toBeUndefined()
		expect(await run('2026-03-26T11:00:00Z')).toMatchObject({ state: 'open' })
	})

	it('that was thrown away is not made again, and its stories are in the next', async () => {
		const draft = await getDraft(seven)
		await dropDraft(app, draft.id, operator)
		expect(await run('2026-03-12T11:30:00Z')).toBeUndefined()
		await go(nine, draft.id)
		expect(await digests()).toEqual([])
		const next = await getDraft('2026-03-19T11:00:00Z')
		expect(next.content.storyIds).toEqual(draft.content.storyIds)
	})
})

describe('where the next one comes up', () => {
	it('a draft that did not go out becomes it, with its edits and what is new since; what a person holds stays held', async () => {
		await begin({ ...weekly, draftFirst: { sendAt: null } })
		const first = await getDraft(seven)
		const [story = 0] = first.content.storyIds
		await stepDraft(app, first.id, { edits: new Map([[story, { title: 'The school' }]]) }, operator)
		const boat = await makeStory(app, newsletter.id, { title: 'The boat' })
		await changeNewsletter(app, newsletter.slug, { schedule: { draftFirst: { sendAt: '09:00' } } }, operator)
		const second = await getDraft('2026-03-19T11:00:00Z')
		expect(second).toMatchObject({
			id: first.id,
			occurrence: new Date('2026-03-19T11:00:00Z'),
			firstOccurrence: new Date(seven),
			goesAt: new Date('2026-03-19T13:00:00Z'),
		})
		expect(second.content.storyIds).toEqual([story, boat])
		expect(second.content.edits[story]).toEqual({ title: 'The school' })

		await holdDraft(app, second.id, operator)
		const third = await getDraft('2026-03-26T11:00:00Z')
		expect(third).toMatchObject({ id: first.id, heldWhy: 'person' })
		await letDraftGo(app, third.id, operator)
		await go('2026-03-26T13:00:00Z', third.id)
		expect(await digests()).toHaveLength(1)
	})

	it('a draft that a check had stopped has its chance again', async () => {
		const draft = await getDraft(seven)
		await changeNewsletter(app, newsletter.slug, { contact: null }, operator)
		await go(nine, draft.id)
		await changeNewsletter(app, newsletter.slug, { contact: 'hello@charity.example' }, operator)
		expect(await getDraft('2026-03-19T11:00:00Z')).toMatchObject({ id: draft.id, heldAt: null })
		await go('2026-03-19T13:00:00Z', draft.id)
		expect(await digests()).toHaveLength(1)
	})

	it('what a member wrote and nobody approved does not go out with what the schedule adds to it', async () => {
		await changeNewsletter(app, newsletter.slug, { needsApproval: true }, operator)
		const { id: memberId } = await addMember(
			app,
			memberInput.parse({ name: 'Luc', email: `luc${newsletter.id}@staff.example`, role: 'editor' }),
			operator,
		)
		const luc: Actor = { kind: 'member', id: memberId, name: 'Luc', role: 'editor', newsletterIds: null }
		const draft = await getDraft(seven)
		const [story = 0] = draft.content.storyIds
		await stepDraft(app, draft.id, { edits: new Map([[story, { title: 'The school' }]]) }, luc)
		await go(nine, draft.id)
		expect(await current()).toMatchObject({ heldWhy: 'approval' })
		await makeStory(app, newsletter.id, { title: 'The boat' })
		const next = await getDraft('2026-03-19T11:00:00Z')
		expect([next.content.storyIds.length, next.heldAt]).toEqual([2, null])
		await go('2026-03-19T13:00:00Z', draft.id)
		expect([await digests(), (await current())?.heldWhy]).toEqual([[], 'approval'])
	})

	it('one that goes out at that very moment goes first', async () => {
		await begin({ ...weekly, cron: '0 7 * * *', draftFirst: { sendAt: '07:00' } })
		const first = await getDraft('2026-03-11T11:00:00Z')
		expect(first.goesAt).toEqual(new Date(seven))
		await makeStory(app, newsletter.id, { title: 'The boat' })
		const second = await getDraft(seven)
		expect(second.id).not.toBe(first.id)
		expect(await titles()).toEqual([['The well']])
	})

	it('a draft that somebody began goes out as it stands; one whose time is set is left alone', async () => {
		const begun = await openDraft(app, newsletter.id, { actor: operator })
		await makeStory(app, newsletter.id, { title: 'The boat' })
		expect(await getDraft(seven)).toMatchObject({
			id: begun.id,
			goesAt: new Date(nine),
			content: begun.content,
		})
		await startDraft(app, begun.id, { at: new Date('2026-03-20T13:00:00Z'), actor: operator })
		await go(nine, begun.id)
		expect(await digests()).toEqual([])
		expect(await getDraft('2026-03-19T11:00:00Z')).toMatchObject({
			id: begun.id,
			state: 'starting',
			occurrence: new Date(seven),
		})
		// taken back after the time at which it would have gone out by itself
		await undoStart(app, begun.id, operator)
		await go('2026-03-19T11:05:00Z', begun.id)
		expect([await digests(), (await current())?.heldWhy]).toEqual([[], 'person'])
	})

	it('a schedule that sends at once sends no draft that is held', async () => {
		const draft = await getDraft(seven)
		await holdDraft(app, draft.id, operator)
		await changeNewsletter(app, newsletter.slug, { schedule: { draftFirst: null } }, operator)
		await run('2026-03-19T11:00:00Z')
		expect([await digests(), (await current())?.id]).toEqual([[], draft.id])
	})
})

it('A time that clocks leave out is the first moment after it, and one that comes twice is the first of the two', async () => {
	const early: Schedule = { cron: '30 1 * * *', timeZone: 'Europe/Paris', draftFirst: { sendAt: '02:30' } }
	await begin(early, '2026-03-28T12:00:00Z')
	expect(await run('2026-03-29T00:30:00Z')).toMatchObject({ goesAt: new Date('2026-03-29T01:00:00Z') })
	await begin(early, '2026-10-24T12:00:00Z')
	const draft = await getDraft('2026-10-24T23:30:00Z')
	expect(draft.goesAt).toEqual(new Date('2026-10-25T00:30:00Z'))
	await go('2026-10-25T00:30:00Z', draft.id)
	await go('2026-10-25T01:30:00Z', draft.id)
	expect(await digests()).toHaveLength(1)
})
