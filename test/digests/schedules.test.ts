import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import {
	dropMissed,
	listDigests,
	listMissed,
	reconcileSchedules,
	runSchedule,
	sendMissed,
	syncSchedules,
} from '../../src/digests/index.ts'
import { operator } from '../../src/kernel/actor.ts'
import { changeNewsletter, type Newsletter } from '../../src/newsletters/index.ts'
import { makeNewsletter, makeStory } from '../support/make-newsletter.ts'
import { staffOf } from '../support/staff-client.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'

let app: TestApp
let newsletter: Newsletter
beforeAll(async () => {
	app = await startTestApp({ workers: false })
})
afterAll(() => app.close())
beforeEach(async () => {
	app.clock.set(new Date('2026-03-03T12:00:00Z')) // a Tuesday
	newsletter = await makeNewsletter(app, { schedule: { cron: '0 9 * * 1', timeZone: 'America/Toronto' } })
	await makeStory(app, newsletter.id)
	await syncSchedules(app)
})

const digests = async () => (await listDigests(app, newsletter.id)).map(({ trigger }) => trigger)

/** What the reconciler would put in the queue. */
async function enqueued(): Promise<number[]> {
	const asked: number[] = []
	const jobs = {
		...app.jobs,
		enqueue: async (_name: string, payload: object) => {
			if ('newsletterId' in payload && payload.newsletterId === newsletter.id) asked.push(newsletter.id)
		},
	}
	await reconcileSchedules({ ...app, jobs })
	return asked
}

test('A schedule that was just set does not make up for the past', async () => {
	expect(await enqueued()).toEqual([])
	await runSchedule(app, newsletter.id)
	expect(await digests()).toEqual([])
})

test('Each occurrence makes one digest, however often it is called', async () => {
	app.clock.set(new Date('2026-03-09T13:00:00.200Z')) // Monday 9:00 in Toronto, summer time since Sunday
	await Promise.all([runSchedule(app, newsletter.id), runSchedule(app, newsletter.id)])
	await makeStory(app, newsletter.id)
	await runSchedule(app, newsletter.id)
	expect(await digests()).toEqual(['schedule'])
	app.clock.set(new Date('2026-03-16T13:00:01Z'))
	await runSchedule(app, newsletter.id)
	expect(await digests()).toEqual(['schedule', 'schedule'])
})

test('An occurrence that the queue lost is found again', async () => {
	app.clock.set(new Date('2026-03-09T13:05:00Z'))
	expect(await enqueued()).toEqual([newsletter.id])
	await runSchedule(app, newsletter.id)
	expect(await enqueued()).toEqual([])
	expect(await digests()).toEqual(['schedule'])
})

test('Where nothing is new no digest is made, the log says so, and the occurrence is over', async () => {
	app.clock.set(new Date('2026-03-09T13:00:00Z'))
	await app.db.updateTable('stories').set({ hidden_at: app.clock.now() }).execute()
	await runSchedule(app, newsletter.id)
	expect(app.logged.some((line) => line.includes('there are no new stories'))).toBe(true)
	await makeStory(app, newsletter.id)
	expect(await enqueued()).toEqual([])
	await runSchedule(app, newsletter.id)
	expect(await digests()).toEqual([])
})

/** What waits for staff, of this newsletter. */
const missed = async () =>
	(await listMissed(app)).filter(({ newsletterId }) => newsletterId === newsletter.id)

test('An occurrence that was missed by half a day is not sent unasked: staff sends it, once', async () => {
	app.clock.set(new Date('2026-03-10T02:00:00Z'))
	await Promise.all([runSchedule(app, newsletter.id), runSchedule(app, newsletter.id)])
	expect(await digests()).toEqual([])
	expect(app.logged.some((line) => line.includes('staff decides'))).toBe(true)
	expect(await enqueued()).toEqual([])
	const [waiting, ...others] = await missed()
	expect(others).toEqual([])
	expect(waiting).toMatchObject({ newsletter: newsletter.slug, occurrence: new Date('2026-03-09T13:00:00Z') })

	const staff = await staffOf(app)
	const list = await staff.call('get', '/missed-digests')
	expect(list.body.items).toContainEqual(
		expect.objectContaining({ id: waiting?.id, newsletter: newsletter.slug }),
	)
	const sent = await staff.call('post', `/missed-digests/${waiting?.id}/send`)
	expect([sent.status, sent.body.kind]).toEqual([202, 'created'])
	expect((await staff.call('post', `/missed-digests/${waiting?.id}/send`)).status).toBe(404)
	expect(await digests()).toEqual(['schedule'])
	expect(await missed()).toEqual([])
})

test('A schedule may ask sooner, and what is dropped leaves its stories new', async () => {
	const schedule = { cron: '0 9 * * 1', timeZone: 'America/Toronto', misfireMinutes: 30 }
	await changeNewsletter(app, newsletter.slug, { schedule }, operator)
	app.clock.set(new Date('2026-03-09T13:31:00Z'))
	await runSchedule(app, newsletter.id)
	const [waiting] = await missed()
	const staff = await staffOf(app)
	expect((await staff.call('post', `/missed-digests/${waiting?.id}/drop`)).body).toEqual({ kind: 'dropped' })
	expect((await staff.call('post', `/missed-digests/${waiting?.id}/drop`)).status).toBe(404)
	app.clock.set(new Date('2026-03-16T13:29:00Z'))
	await runSchedule(app, newsletter.id)
	expect(await digests()).toEqual(['schedule'])
})

test('A missed digest that is sent and dropped at the same moment is one of the two', async () => {
	for (let round = 0; round < 5; round++) {
		app.clock.set(new Date('2026-03-03T12:00:00Z'))
		newsletter = await makeNewsletter(app, { schedule: { cron: '0 9 * * 1', timeZone: 'America/Toronto' } })
		await makeStory(app, newsletter.id)
		await syncSchedules(app)
		app.clock.set(new Date('2026-03-10T02:00:00Z'))
		await runSchedule(app, newsletter.id)
		const [{ id } = { id: 0 }] = await missed()
		const [sent, dropped] = await Promise.allSettled([
			sendMissed(app, id, operator),
			dropMissed(app, id, operator),
		])
		expect([sent.status, dropped.status].toSorted()).toEqual(['fulfilled', 'rejected'])
		expect(await digests()).toEqual(sent.status === 'fulfilled' ? ['schedule'] : [])
	}
})

test('A clock that was years ahead for a while leaves no occurrence out, and repeats none', async () => {
	const right = app.clock.now()
	app.clock.set(new Date('2033-03-08T12:00:00Z'))
	await runSchedule(app, newsletter.id)
	await reconcileSchedules(app)
	app.clock.set(right)
	expect(await enqueued()).toEqual([])
	app.clock.set(new Date('2026-03-09T13:00:00Z'))
	expect(await enqueued()).toEqual([newsletter.id])
	await runSchedule(app, newsletter.id)
	expect(await digests()).toEqual(['schedule'])

	// hours ahead: what was sent too early is not sent again at its time
	app.clock.set(new Date('2026-03-16T13:00:00Z'))
	await makeStory(app, newsletter.id)
	await runSchedule(app, newsletter.id)
	app.clock.set(new Date('2026-03-16T10:00:00Z'))
	expect(await enqueued()).toEqual([])
	await makeStory(app, newsletter.id)
	app.clock.set(new Date('2026-03-16T13:00:00Z'))
	await runSchedule(app, newsletter.id)
	expect(await digests()).toEqual(['schedule', 'schedule'])
})

test('An hour that is left out or comes twice makes one digest a day', async () => {
	const schedule = { cron: '30 2 * * *', timeZone: 'Europe/Paris' }
	app.clock.set(new Date('2026-03-28T12:00:00Z'))
	await changeNewsletter(app, newsletter.slug, { schedule }, operator)
	await syncSchedules(app)
	const at = async (time: string) => {
		app.clock.set(new Date(time))
		await makeStory(app, newsletter.id)
		await runSchedule(app, newsletter.id)
		return (await digests()).length
	}
	// 2:30 is left out: 3:00 in summer time, and next day again at 2:30
	expect(await at('2026-03-29T00:59:00Z')).toBe(0)
	expect(await at('2026-03-29T01:00:00Z')).toBe(1)
	expect(await at('2026-03-30T00:29:00Z')).toBe(1)
	expect(await at('2026-03-30T00:30:00Z')).toBe(2)
	// 2:30 comes twice, and whoever was down for the first finds it later
	app.clock.set(new Date('2026-10-24T12:00:00Z'))
	await changeNewsletter(app, newsletter.slug, { schedule: { ...schedule, cron: '31 2 * * *' } }, operator)
	await syncSchedules(app)
	expect(await at('2026-10-25T00:30:00Z')).toBe(2)
	expect(await at('2026-10-25T00:45:00Z')).toBe(3)
	expect(await at('2026-10-25T01:31:00Z')).toBe(3)
	expect(await at('2026-10-26T01:31:00Z')).toBe(4)
})

test('In quiet hours nothing is sent by itself; it waits for their end, and is not late before', async () => {
	const quietHours = { from: '22:00', to: '10:30' }
	const schedule = { cron: '0 9 * * 1', timeZone: 'America/Toronto', quietHours, misfireMinutes: 10 }
	await changeNewsletter(app, newsletter.slug, { schedule }, operator)
	for (const time of ['2026-03-09T13:00:00Z', '2026-03-09T14:29:00Z']) {
		app.clock.set(new Date(time))
		await runSchedule(app, newsletter.id)
		expect(await enqueued()).toEqual([newsletter.id])
	}
	expect(await digests()).toEqual([])
	app.clock.set(new Date('2026-03-09T14:31:00Z')) // 10:31 in Toronto
	await runSchedule(app, newsletter.id)
	expect(await digests()).toEqual(['schedule'])
	expect(await missed()).toEqual([])
})

test('A newsletter that lacks its postal address is passed over, and the log says so', async () => {
	await changeNewsletter(app, newsletter.slug, { postalAddress: null }, operator)
	app.clock.set(new Date('2026-03-09T13:00:00Z'))
	await runSchedule(app, newsletter.id)
	expect(await digests()).toEqual([])
	expect(app.logged.some((line) => line.includes('could not be made'))).toBe(true)
})

test('A schedule that is changed first comes up later; one that is taken away never', async () => {
	app.clock.set(new Date('2026-03-11T12:00:00Z'))
	await changeNewsletter(app, newsletter.slug, { schedule: { cron: '0 6 * * *', timeZone: 'UTC' } }, operator)
	expect(await enqueued()).toEqual([])
	await runSchedule(app, newsletter.id)
	expect(await digests()).toEqual([])
	app.clock.set(new Date('2026-03-12T06:00:00Z'))
	expect(await enqueued()).toEqual([newsletter.id])
	await changeNewsletter(app, newsletter.slug, { schedule: null }, operator)
	expect(await enqueued()).toEqual([])
	await runSchedule(app, newsletter.id)
	expect(await digests()).toEqual([])
})
