import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { planDigest, RelayPool, sendDigest } from '../../src/deliveries/index.ts'
import { digestProgress, explainPreview, triggerDigest } from '../../src/digests/index.ts'
import { operator } from '../../src/kernel/actor.ts'
import type { Newsletter } from '../../src/newsletters/index.ts'
import { activateSubscription } from '../../src/subscriptions/store/subscriptions.ts'
import { giveTopics, makeChoices, makeTopic, pauseReader } from '../support/make-choices.ts'
import { makeNewsletter, makeReader, makeStory } from '../support/make-newsletter.ts'
import { type SmtpSink, startSmtpSink } from '../support/smtp-sink.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'

let app: TestApp
let sink: SmtpSink
let newsletter: Newsletter
let water: number
let schools: number
beforeAll(async () => {
	sink = await startSmtpSink()
	app = await startTestApp({ workers: false, config: { smtpUrl: sink.url } })
})
afterAll(async () => {
	await app.close()
	await sink.close()
})
beforeEach(async () => {
	sink.reset()
	newsletter = await makeNewsletter(app)
	water = await makeTopic(app, newsletter.id, 'water')
	schools = await makeTopic(app, newsletter.id, 'schools')
})

let made = 0
const reader = (locale = 'en') => {
	made += 1
	return makeReader(app, newsletter.id, { address: `chooser${made}@example.net`, locale })
}

async function story(title: string, topics: string[] = [], hoursAgo = 1): Promise<number> {
	const id = await makeStory(app, newsletter.id, { title, hoursAgo })
	await giveTopics(app, id, topics)
	return id
}

async function trigger(storyIds?: number[]): Promise<number> {
	app.clock.advance({ seconds: 1 })
	const triggered = await triggerDigest(app, newsletter.id, {
		by: operator,
		...(storyIds && { storyIds }),
	})
	if (triggered.kind !== 'created') throw new Error(triggered.kind)
	app.clock.advance({ seconds: 1 })
	return triggered.digest.id
}

/** The titles of each reader's stories, by the ledger. */
async function plannedBy(digestId: number): Promise<Map<number, string>> {
	await planDigest(app, digestId)
	const { rows } = await sql<{ reader: number; titles: string }>`
		select d.subscription_id::int as reader, string_agg(o.title, ', ' order by s.position) as titles
		from deliveries d join renditions r on r.id = d.rendition_id
		join variant_stories s on s.variant_id = r.variant_id join stories o on o.id = s.story_id
		where d.digest_id = ${digestId} group by 1`.execute(app.db)
	return new Map(rows.map((row) => [row.reader, row.titles]))
}

const countRenditions = async (digestId: number) =>
	(await app.db.selectFrom('variants').select('id').where('digest_id', '=', digestId).execute()).length

test('Readers of the same stories share a rendition; who chose nothing of what is new gets nothing, and it is told why', async () => {
	const [all, some, same, none] = [await reader(), await reader(), await reader(), await reader()]
	await makeChoices(app, some, { topicIds: [water] })
	await makeChoices(app, same, { topicIds: [water], untranslated: 'include' })
	await makeChoices(app, none, { topicIds: [] })
	await story('Well', ['water'])
	await story('School', ['schools'])
	const { audience } = await explainPreview(app, newsletter.id)
	expect(audience.variants.map(({ readers, stories }) => [readers, stories.length]).toSorted()).toEqual([
		[1, 2],
		[2, 1],
	])
	expect(audience.excluded).toEqual({ nothing_for_choices: 1 })
	const digestId = await trigger()
	expect(await plannedBy(digestId)).toEqual(
		new Map([
			[all, 'School, Well'],
			[some, 'Well'],
			[same, 'Well'],
		]),
	)
	expect(await countRenditions(digestId)).toBe(2)
	const progress = await digestProgress(app, digestId)
	expect(progress).toMatchObject({ candidates: 4, planned: 3, balanced: true })
	expect(progress.excluded).toEqual({ nothing_for_choices: 1 })
})

test('Who confirms anew in the other language gets no translation of what they had', async () => {
	const [changes, stays] = [await reader('en'), await reader('fr')]
	const translationGroup = 1_000_000 + newsletter.id
	await makeStory(app, newsletter.id, { title: 'Well', translationGroup })
	expect(await plannedBy(await trigger())).toEqual(new Map([[changes, 'Well']]))
	await activateSubscription(app.db, { id: changes, locale: 'fr', now: app.clock.now() })
	await makeStory(app, newsletter.id, { title: 'Puits', locale: 'fr', translationGroup })
	expect(await plannedBy(await trigger())).toEqual(new Map([[stays, 'Puits']]))
})

test('Subject and “view in browser” are those of the reader’s own variant', async () => {
	await makeChoices(app, await reader(), { topicIds: [water] })
	await story('Well', ['water'])
	await story('School', ['schools'])
	const digestId = await trigger()
	await planDigest(app, digestId)
	await sendDigest({ ...app, relays: new RelayPool(app) }, { digestId, lane: 0 })
	const [message] = sink.messages
	expect(message?.raw).toMatch(/^Subject: .*Well/m)
	const text = (message?.raw ?? '').replaceAll('=\r\n', '').replaceAll('=3D', '=')
	const path = /\/digests\/[\w-]{22}\/en\?variant=[0-9a-f]{16}/.exec(text)?.[0] ?? ''
	const own = await app.request.get(path).expect(200)
	expect(own.text).toContain('Well')
	expect(own.text).not.toContain('School')
	const old = await app.request.get(path.slice(0, path.indexOf('?'))).expect(200)
	expect(old.text).toContain('School')
	await app.request.get(`${path.slice(0, -16)}0000000000000000`).expect(404)
})

test('Who changes choices between trigger and planning gets what fits the new ones, made for them where need be', async () => {
	const [all, changing] = [await reader(), await reader()]
	await story('Well', ['water'])
	await story('School', ['schools'])
	app.clock.advance({ seconds: 1 })
	const triggered = await triggerDigest(app, newsletter.id, { by: operator, subject: 'Ours: {title}' })
	if (triggered.kind !== 'created') throw new Error(triggered.kind)
	const { id } = triggered.digest
	expect(await countRenditions(id)).toBe(1)
	await makeChoices(app, changing, { topicIds: [schools] })
	expect(await plannedBy(id)).toEqual(
		new Map([
			[all, 'School, Well'],
			[changing, 'School'],
		]),
	)
	const subjects = await app.db
		.selectFrom('renditions')
		.innerJoin('variants', 'variants.id', 'renditions.variant_id')
		.select('subject')
		.where('digest_id', '=', id)
		.execute()
	expect(subjects.map(({ subject }) => subject)).toEqual(['Ours: School', 'Ours: School'])
})

test('Who widens their choices gets what earlier digests had for others, but not again what they had', async () => {
	const [all, widening] = [await reader(), await reader()]
	await makeChoices(app, widening, { topicIds: [water] })
	await story('Well', ['water'])
	await story('School', ['schools'])
	await plannedBy(await trigger())
	await makeChoices(app, widening, { topicIds: [water, schools] })
	await story('Pump', ['water'])
	expect(await plannedBy(await trigger())).toEqual(
		new Map([
			[all, 'Pump'],
			[widening, 'Pump, School'],
		]),
	)
	// once more: nothing is left of it
	await story('Late', ['water'])
	expect((await plannedBy(await trigger())).get(widening)).toBe('Late')
})

test('Who pauses after planning gets nothing, and what came meanwhile once the pause is over', async () => {
	app.clock.set(new Date(Date.now() - 3_600_000))
	const [all, pausing] = [await reader(), await reader()]
	await story('First')
	const digestId = await trigger()
	await planDigest(app, digestId)
	await pauseReader(app, pausing, new Date(Date.now() + 86_400_000))
	await sendDigest({ ...app, relays: new RelayPool(app) }, { digestId, lane: 0 })
	expect(sink.messages).toHaveLength(1)
	expect(await digestProgress(app, digestId)).toMatchObject({ excluded: { paused: 1 }, balanced: true })

	await story('Second')
	const second = await trigger()
	expect([...(await plannedBy(second)).keys()]).toEqual([all])
	expect((await digestProgress(app, second)).excluded).toEqual({ paused: 1 })
	await pauseReader(app, pausing, app.clock.now())
	await story('Third')
	expect((await plannedBy(await trigger())).get(pausing)).toBe('Third, Second')
})

test('Who was planned apart from their profile is looked up again later, however long ago their choices changed', async () => {
	newsletter = await makeNewsletter(app, { storyLimit: 1 })
	water = await makeTopic(app, newsletter.id, 'water')
	const [changed, other] = [await reader(), await reader()]
	await makeChoices(app, other, { topicIds: [] })
	await story('Newer', ['water'])
	await plannedBy(await trigger())
	await makeChoices(app, changed, { topicIds: [water] })
	await makeChoices(app, other, { topicIds: [water] })
	const older = await story('Older', ['water'], 9)
	const second = await plannedBy(await trigger())
	expect([second.get(changed), second.get(other)]).toEqual(['Older', 'Newer'])
	// only the second digest showed it, and that is later than the change
	expect(await plannedBy(await trigger([older]))).toEqual(new Map([[other, 'Older']]))
})

test('A story that was hidden after the trigger does not come again to who had it by a later digest', async () => {
	const [all, changed] = [await reader(), await reader()]
	const first = await story('First')
	await plannedBy(await trigger())
	await makeChoices(app, changed, { topicIds: [water] })
	const well = await story('Well', ['water'])
	const waiting = await trigger()
	expect(await plannedBy(await trigger())).toEqual(new Map([[changed, 'Well']]))
	await app.db
		.updateTable('stories')
		.set({ hidden_at: app.clock.now() })
		.where('id', 'in', [first, well])
		.execute()
	expect(await plannedBy(waiting)).toEqual(new Map([[all, 'Well']]))
})
