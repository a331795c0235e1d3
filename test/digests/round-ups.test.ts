import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { planDigest } from '../../src/deliveries/index.ts'
import {
	explainPreview,
	listDigests,
	listMissed,
	runSchedule,
	sendMissed,
	syncSchedules,
	triggerDigest,
} from '../../src/digests/index.ts'
import { newsletterFor } from '../../src/digests/newsletter-for.ts'
import { operator } from '../../src/kernel/actor.ts'
import type { Rhythm } from '../../src/kernel/enumerations.ts'
import { changeNewsletter, getNewsletter, type Newsletter } from '../../src/newsletters/index.ts'
import { preferencesUrl } from '../../src/subscriptions/index.ts'
import { makeChoices } from '../support/make-choices.ts'
import { makeNewsletter, makeReader, makeStory } from '../support/make-newsletter.ts'
import { type StaffCalls, staffOf } from '../support/staff-client.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'

let app: TestApp
let staff: StaffCalls
let newsletter: Newsletter
const roundUp = { cron: '0 8 1 * *', timeZone: 'UTC', storyLimit: 4 }

beforeAll(async () => {
	app = await startTestApp({ workers: false })
	staff = await staffOf(app)
})
afterAll(() => app.close())
beforeEach(async () => {
	app.clock.set(new Date('2026-03-03T12:00:00Z'))
	newsletter = await makeNewsletter(app, { roundUp, storyLimit: 2, storyMaxAgeDays: 7 })
})

let made = 0
async function reader(rhythm: Rhythm): Promise<number> {
	made += 1
	const id = await makeReader(app, newsletter.id, { address: `rhythm${made}@example.net` })
	if (rhythm === 'round_up') await makeChoices(app, id, { rhythm })
	return id
}

async function send(kind: Rhythm): Promise<number> {
	app.clock.advance({ seconds: 1 })
	const triggered = await triggerDigest(app, newsletter.id, { by: operator, kind })
	if (triggered.kind !== 'created') throw new Error(triggered.kind)
	await planDigest(app, triggered.digest.id)
	return triggered.digest.id
}

/** The stories of each reader who was planned to get a digest. */
async function planned(digestId: number): Promise<Record<number, number[]>> {
	const { rows } = await sql<{ reader: number; stories: number[] }>`
		select d.subscription_id::int as reader, array_agg(s.story_id::int order by s.position) as stories
		from deliveries d join renditions r on r.id = d.rendition_id join variant_stories s on s.variant_id = r.variant_id
		where d.digest_id = ${digestId} group by 1`.execute(app.db)
	return Object.fromEntries(rows.map(({ reader, stories }) => [reader, stories]))
}

const audienceOf = async (id: number) =>
	(await listDigests(app, newsletter.id)).find((digest) => digest.id === id)?.audience

test('Who wants the round-up gets in one mail what others got in several, with its own limit and subject', async () => {
	const [each, monthly] = [await reader('each'), await reader('round_up')]
	const first = await makeStory(app, newsletter.id)
	const weekly = await send('each')
	app.clock.advance({ days: 10 })
	const rest = [await makeStory(app, newsletter.id), await makeStory(app, newsletter.id)]
	const second = await send('each')
	expect(await planned(weekly)).toEqual({ [each]: [first] })
	expect(await planned(second)).toEqual({ [each]: rest.toReversed() })
	expect(await audienceOf(second)).toMatchObject({ planned: 1, excluded: { other_rhythm: 1 } })

	const { renditions, audience } = await explainPreview(app, newsletter.id, { kind: 'round_up' })
	expect(renditions.map(({ subject }) => subject)[0]).toMatch(/^World News, the round-up: /)
	expect(audience).toMatchObject({ variants: [{ readers: 1 }], excluded: { other_rhythm: 1 } })
	const roundUpId = await send('round_up')
	// the first one is older than digests look back, and not than the round-up does
	expect(await planned(roundUpId)).toEqual({ [monthly]: [...rest.toReversed(), first] })
	expect(await audienceOf(roundUpId)).toMatchObject({ planned: 1, excluded: { other_rhythm: 1 } })
})

test('Who changes the rhythm gets nothing twice, and misses nothing', async () => {
	const id = await reader('each')
	const first = await makeStory(app, newsletter.id)
	expect(await planned(await send('each'))).toEqual({ [id]: [first] })
	app.clock.advance({ hours: 1 })
	await makeChoices(app, id, { rhythm: 'round_up' })
	const second = await makeStory(app, newsletter.id)
	expect(await planned(await send('round_up'))).toEqual({ [id]: [second] })
	app.clock.advance({ hours: 1 })
	await makeChoices(app, id, {})
	const third = await makeStory(app, newsletter.id)
	expect(await planned(await send('each'))).toEqual({ [id]: [third] })
})

test('Where the round-up ends its readers get each digest, until it is there again', async () => {
	const id = await reader('round_up')
	const change = (to: typeof roundUp | null) =>
		changeNewsletter(app, newsletter.slug, { roundUp: to }, operator)
	await change(null)
	const first = await makeStory(app, newsletter.id)
	expect(await planned(await send('each'))).toEqual({ [id]: [first] })
	await expect(send('round_up')).rejects.toMatchObject({ message: 'errors.digest.no_round_up' })
	await change(roundUp)
	const second = await makeStory(app, newsletter.id)
	await expect(send('each')).resolves.toBeGreaterThan(0)
	expect(await planned(await send('round_up'))).toEqual({ [id]: [second] })
})

test('It comes up at its own time, once, and waits for staff where it was missed for long', async () => {
	const id = await reader('round_up')
	await changeNewsletter(app, newsletter.slug, { schedule: { cron: '0 8 1 * *', timeZone: 'UTC' } }, operator)
	await syncSchedules(app)
	const story = await makeStory(app, newsletter.id)
	app.clock.set(new Date('2026-04-01T08:00:01Z'))
	await runSchedule(app, newsletter.id, 'round_up')
	await runSchedule(app, newsletter.id, 'round_up')
	const [digest, ...others] = await listDigests(app, newsletter.id)
	expect([digest?.kind, digest?.trigger, others]).toEqual(['round_up', 'schedule', []])
	await planDigest(app, digest?.id ?? 0)
	expect(await planned(digest?.id ?? 0)).toEqual({ [id]: [story] })

	app.clock.set(new Date('2026-05-03T08:00:00Z'))
	await runSchedule(app, newsletter.id, 'round_up')
	await makeStory(app, newsletter.id)
	const missed = (await listMissed(app)).filter((each) => each.newsletterId === newsletter.id)
	expect(missed).toMatchObject([{ kind: 'round_up' }])
	await sendMissed(app, missed[0]?.id ?? 0, operator)
	expect((await listDigests(app, newsletter.id))[0]).toMatchObject({ kind: 'round_up' })
})

test('What is decided about the round-up between trigger and planning loses no story', async () => {
	const [each, monthly] = [await reader('each'), await reader('round_up')]
	const change = (to: typeof roundUp | null) =>
		changeNewsletter(app, newsletter.slug, { roundUp: to }, operator)
	const trigger = async (kind: Rhythm) => {
		app.clock.advance({ seconds: 1 })
		const triggered = await triggerDigest(app, newsletter.id, { by: operator, kind })
		return triggered.kind === 'created' ? triggered.digest.id : 0
	}
	await change(null)
	const first = await makeStory(app, newsletter.id)
	const triggered = await trigger('each')
	await change(roundUp)
	await planDigest(app, triggered)
	expect(await planned(triggered)).toEqual({ [each]: [first] })
	expect(await planned(await send('round_up'))).toEqual({ [monthly]: [first] })

	const second = await makeStory(app, newsletter.id)
	const ended = await trigger('round_up')
	await change(null)
	await planDigest(app, ended)
	expect(await planned(ended)).toEqual({})
	expect(await planned(await send('each'))).toEqual({ [each]: [second], [monthly]: [second] })
})

test('Where nobody wants the round-up it says so, and no digest is made', async () => {
	await reader('each')
	await makeStory(app, newsletter.id)
	await expect(send('round_up')).rejects.toMatchObject({ message: 'errors.digest.nobody_wants_round_up' })
	expect(await listDigests(app, newsletter.id)).toEqual([])
})

test('It looks back to the last one that went out', async () => {
	const id = await reader('round_up')
	const kept = await getNewsletter(app, { id: newsletter.id })
	const daysOn = async (kind: Rhythm, now: string) =>
		(await newsletterFor(app.db, kept, { kind, now: new Date(now) })).storyMaxAgeDays
	expect(await daysOn('each', '2026-04-02T00:00:00Z')).toBe(7)
	// since the first of March at eight
	expect(await daysOn('round_up', '2026-04-02T00:00:00Z')).toBe(33)
	await makeStory(app, newsletter.id)
	expect(Object.keys(await planned(await send('round_up')))).toEqual([String(id)])
	// those of April and May did not go out: since the third of March
	expect(await daysOn('round_up', '2026-06-02T00:00:00Z')).toBe(92)
})

test('Staff offers it by the API, with what is usual where little is said', async () => {
	const path = `/newsletters/${newsletter.slug}`
	const schedule = { cron: '0 9 * * 1', timeZone: 'America/Toronto' }
	await staff.call('patch', path, { schedule, roundUp: null })
	const changed = await staff.call('patch', path, { roundUp: { cron: '0 8 1 * *' } })
	expect(changed.body.roundUp).toEqual({ cron: '0 8 1 * *', timeZone: 'America/Toronto', storyLimit: 12 })
	const wrong = await staff.call('patch', path, { roundUp: { cron: 'monthly' } })
	expect([wrong.status, wrong.body.fields[0].field]).toEqual([422, 'roundUp.cron'])
	await staff.call('patch', path, { roundUp: null, schedule: null })
	const bare = await staff.call('patch', path, { roundUp: { cron: '0 8 1 * *' } })
	expect([bare.status, bare.body.fields[0].field]).toEqual([422, 'roundUp.timeZone'])
	const none = await staff.call('post', `${path}/digests`, { kind: 'round_up' })
	expect(none.status).toBe(409)
})

test('Readers choose it on their page, where it is offered', async () => {
	const id = await reader('each')
	const path = new URL(preferencesUrl(app, { subscriptionId: id, digestId: 0 })).pathname
	const page = await app.request.get(path).expect(200)
	expect(page.text).toContain('The round-up')
	await app.request.post(path).type('form').send({ rhythm: 'round_up', language: 'en' }).expect(200)
	expect((await app.request.get(path)).text).toMatch(/value="round_up" checked/)
	await app.request.post(path).type('form').send({ rhythm: 'daily' }).expect(422)
	await changeNewsletter(app, newsletter.slug, { roundUp: null }, operator)
	expect((await app.request.get(path)).text).not.toContain('The round-up')
	await app.request.post(path).type('form').send({ rhythm: 'each', language: 'fr' }).expect(200)
	// kept for when it is there again
	await changeNewsletter(app, newsletter.slug, { roundUp }, operator)
	expect((await app.request.get(path)).text).toMatch(/value="round_up" checked/)
})
