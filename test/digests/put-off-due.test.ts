import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import {
	getDraft,
	listDigests,
	listMissed,
	openDraft,
	reconcileSchedules,
	runSchedule,
	startDraft,
	syncSchedules,
} from '../../src/digests/index.ts'
import { operator } from '../../src/kernel/actor.ts'
import type { Newsletter, NewsletterInput } from '../../src/newsletters/index.ts'
import { holdSending } from '../support/hold-sending.ts'
import { makeNewsletter, makeReader, makeStory } from '../support/make-newsletter.ts'
import { type StaffCalls, staffOf } from '../support/staff-client.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'

// a backup does not know what went out by itself after it was taken, so nothing does the moment that sending is let go

let app: TestApp
let staff: StaffCalls
beforeAll(async () => {
	app = await startTestApp()
	staff = await staffOf(app)
})
afterAll(() => app.close())
beforeEach(() => {
	app.clock.set(new Date('2026-03-03T12:00:00Z'))
})

const monday = new Date('2026-03-09T14:00:00Z')
const schedule = { cron: '0 9 * * 1', timeZone: 'America/Toronto' }

async function make(input: Partial<NewsletterInput> = {}): Promise<Newsletter> {
	const newsletter = await makeNewsletter(app, input)
	await makeReader(app, newsletter.id, { address: `awa@${newsletter.slug}.example` })
	await makeStory(app, newsletter.id)
	await syncSchedules(app)
	return newsletter
}

async function letGo(): Promise<void> {
	expect((await staff.call('post', '/resume-after-restore')).body).toMatchObject({ held: null })
	await reconcileSchedules(app)
	await app.drain()
}

it('A scheduled digest whose time came before waits for staff, and the next one goes out as ever', async () => {
	const { id } = await make({ schedule })
	app.clock.set(monday)
	await holdSending(app)
	await letGo()
	expect(await listDigests(app, id)).toEqual([])
	expect((await listMissed(app)).filter(({ newsletterId }) => newsletterId === id)).toHaveLength(1)
	app.clock.advance({ days: 7 })
	await runSchedule(app, id)
	expect(await listDigests(app, id)).toHaveLength(1)
})

it('A draft that somebody had scheduled is open again, and says why', async () => {
	const { id } = await make()
	const draft = await openDraft(app, id, { actor: operator })
	await startDraft(app, draft.id, { actor: operator, at: monday })
	app.clock.set(monday)
	await holdSending(app)
	await letGo()
	expect(await getDraft(app, draft.id)).toMatchObject({ state: 'open', problem: 'errors.draft.held' })
	expect(await listDigests(app, id)).toEqual([])
})

it('A draft of the schedule whose time came is held; one whose time is to come goes out', async () => {
	const { id } = await make({ schedule: { ...schedule, draftFirst: { sendAt: '11:00' } } })
	app.clock.set(monday)
	await runSchedule(app, id)
	const [waiting] = await app.db
		.selectFrom('digest_drafts')
		.select(['id', 'goes_at'])
		.where('newsletter_id', '=', id)
		.execute()
	expect(waiting?.goes_at).toEqual(new Date('2026-03-09T15:00:00Z'))
	await holdSending(app)
	await letGo()
	expect(await getDraft(app, waiting?.id ?? 0)).toMatchObject({ state: 'open', heldWhy: null })
	app.clock.advance({ hours: 2 })
	await holdSending(app)
	await letGo()
	expect(await getDraft(app, waiting?.id ?? 0)).toMatchObject({ state: 'open', heldWhy: 'late' })
	expect(await listDigests(app, id)).toEqual([])
})
