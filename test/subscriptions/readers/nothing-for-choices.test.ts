import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { triggerDigest } from '../../../src/digests/index.ts'
import { operator } from '../../../src/kernel/actor.ts'
import { addReceipt } from '../../../src/subscriptions/store/receipts.ts'
import { giveTopics, makeChoices, makeTopic, type NewChoices } from '../../support/make-choices.ts'
import { makeNewsletter, makeStory } from '../../support/make-newsletter.ts'
import { type StaffCalls, staffOf } from '../../support/staff-client.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'
import { subscribeFully, subscriptionOf } from '../people.ts'

let app: TestApp
let staff: StaffCalls
let newsletterId: number
let slug: string
let water: number
let seeds: number
let made = 0
beforeAll(async () => {
	app = await startTestApp()
	staff = await staffOf(app)
})
afterAll(() => app?.close())
beforeEach(async () => {
	slug = `news-${++made}`
	newsletterId = (await makeNewsletter(app, { slug })).id
	water = await makeTopic(app, newsletterId, 'water')
	seeds = await makeTopic(app, newsletterId, 'seeds')
})

async function makeReader(name: string): Promise<string> {
	const address = `${name}-${made}@example.org`
	await subscribeFully(app, address, { newsletter: slug })
	app.clock.advance({ days: 1 })
	return address
}

/** Gives a reader choices, with the receipt that saving them on the page leaves. */
async function choose(address: string, choices: NewChoices, topics: string[]): Promise<void> {
	const { id } = await subscriptionOf(app, address, slug)
	await makeChoices(app, id, choices)
	await addReceipt(app.db, {
		subscriptionId: id,
		action: 'chosen',
		wording: null,
		wordingVersion: null,
		locale: 'en',
		page: '/preferences',
		ip: null,
		choices: {
			locale: choices.locale ?? 'en',
			allTopics: choices.topicIds === undefined,
			topics,
			leftOut: [],
			untranslated: choices.untranslated ?? null,
			rhythm: choices.rhythm ?? 'each',
		},
		at: app.clock.now(),
	})
	app.clock.advance({ days: 1 })
}

/** A digest of the stories that there are, with one more about a topic. */
async function sendDigest(topic: string, locale = 'en'): Promise<number> {
	await giveTopics(app, await makeStory(app, newsletterId, { locale }), [topic])
	const triggered = await triggerDigest(app, newsletterId, { by: operator })
	if (triggered.kind !== 'created') throw new Error(triggered.kind)
	await app.drain()
	app.clock.advance({ days: 1 })
	return triggered.digest.id
}

async function why(address: string, digestId: number): Promise<string> {
	const found = await staff.call('post', '/readers/find', { address })
	const { body } = await staff.call('get', `/readers/${found.body.items[0].id}/digests/${digestId}`)
	return body.reason ?? body.state
}

test('A reader without choices of their own is told what holds for those who chose nothing', async () => {
	const usual = await makeReader('usual')
	const french = await makeReader('french')
	await choose(french, { locale: 'en', untranslated: 'include' }, [])
	const digestId = await sendDigest('water', 'fr')
	expect(await why(french, digestId)).toBe('accepted')
	expect(await why(usual, digestId)).toBe('nothing_for_choices')
})

test('What a reader chose after a digest does not explain it; what stood then does', async () => {
	await makeReader('all')
	const changing = await makeReader('changing')
	await choose(changing, { topicIds: [water] }, ['water'])
	// so long ago that nothing is looked up for this reader alone
	app.clock.advance({ days: 30 })
	const digestId = await sendDigest('seeds')
	expect(await why(changing, digestId)).toBe('nothing_for_choices')
	await choose(changing, {}, [])
	expect(await why(changing, digestId)).toBe('nothing_for_choices')
})

test('A reader who changed lately is told what was looked up for them, not what others of the same choices got', async () => {
	const settled = await makeReader('settled')
	await choose(settled, { topicIds: [seeds] }, ['seeds'])
	const changed = await makeReader('changed')
	const first = await sendDigest('seeds')
	expect(await why(changed, first)).toBe('accepted')
	await choose(changed, { topicIds: [seeds] }, ['seeds'])
	// the one who never changes is one story behind
	await app.db
		.deleteFrom('digest_profiles')
		.where('digest_id', '=', first)
		.where('profile_id', 'in', (eb) =>
			eb.selectFrom('choice_profiles').select('id').where('all_topics', '=', false),
		)
		.execute()
	await app.db
		.updateTable('subscriptions')
		.set({ choices_changed_at: null })
		.where('id', '=', (await subscriptionOf(app, settled, slug)).id)
		.execute()
	const second = await sendDigest('water')
	expect(await why(settled, second)).toBe('accepted')
	expect(await why(changed, second)).toBe('nothing_for_choices')
})

test('A reader who chose anew while a digest was being planned is told so', async () => {
	await makeReader('all')
	const late = await makeReader('late')
	const digestId = await sendDigest('seeds')
	expect(await why(late, digestId)).toBe('accepted')
	// as planning leaves it where the choices that it looked up are no longer those of the reader
	const { id } = await subscriptionOf(app, late, slug)
	const { variantId, profileId } = await app.db
		.selectFrom('digest_profiles')
		.select(['variant_id as variantId', 'profile_id as profileId'])
		.where('digest_id', '=', digestId)
		.executeTakeFirstOrThrow()
	await app.db
		.insertInto('changed_readers')
		.values({
			digest_id: digestId,
			subscription_id: id,
			profile_id: profileId,
			choices_version: 7,
			had: [],
			variant_id: variantId,
		})
		.execute()
	await app.db.deleteFrom('deliveries').where('subscription_id', '=', id).execute()
	expect(await why(late, digestId)).toBe('choices_changed')
})

test('A reader who had chosen round-ups is told that a digest was of the other kind, also after choosing anew', async () => {
	await app.db
		.updateTable('newsletters')
		.set({ round_up_cron: '0 8 1 * *', round_up_time_zone: 'UTC', round_up_story_limit: 4 })
		.where('id', '=', newsletterId)
		.execute()
	await makeReader('each')
	const monthly = await makeReader('monthly')
	await choose(monthly, { rhythm: 'round_up' }, [])
	const digestId = await sendDigest('seeds')
	expect(await why(monthly, digestId)).toBe('other_rhythm')
	await choose(monthly, {}, [])
	expect(await why(monthly, digestId)).toBe('other_rhythm')
})
