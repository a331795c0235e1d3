import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { operator } from '../../../src/kernel/actor.ts'
import { subscriptionSources } from '../../../src/kernel/enumerations.ts'
import { hashAddress } from '../../../src/kernel/keys.ts'
import {
	checkTallies,
	countSubscriptions,
	endByReport,
	eraseReader,
	listSubscriberDays,
	tidyTallies,
	unsubscribe,
	unsubscribeUrl,
} from '../../../src/subscriptions/index.ts'
import { suppress } from '../../../src/suppressions/index.ts'
import { makeChoices } from '../../support/make-choices.ts'
import { makeNewsletter, makeReader } from '../../support/make-newsletter.ts'
import { type StaffCalls, staffOf } from '../../support/staff-client.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'
import { signUp, subscribeFully, subscriptionOf } from '../people.ts'

let app: TestApp
let staff: StaffCalls
beforeAll(async () => {
	app = await startTestApp()
	staff = await staffOf(app)
})
afterAll(() => app?.close())

const seed = Number(process.env.TALLIES_SEED ?? Date.now() % 1_000_000)

/** A repeatable source of numbers from 0 to below `below`. */
function dice(from: number): (below: number) => number {
	let state = from
	return (below) => {
		state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
		return Math.floor((state / 2_147_483_648) * below)
	}
}

/** What the tallies must come to, counted the slow way. */
async function countRows(newsletterId: number) {
	const { rows } = await sql<{ state: string; locale: string; source: string; count: number }>`
		select case when s.state = 'active' and x.address_hash is not null then 'suppressed'
			when s.state = 'active' and s.paused_until > now() then 'paused' else s.state end as state,
			s.locale, s.source, count(*)::float8 as count
		from subscriptions s join subscribers p on p.id = s.subscriber_id
		left join suppressions x on x.address_hash = p.address_hash and x.lifted_at is null
		where s.newsletter_id = ${newsletterId} group by 1, 2, 3`.execute(app.db)
	const of = (state: string) => rows.filter((row) => row.state === state)
	const total = (state: string) => of(state).reduce((sum, { count }) => sum + count, 0)
	return {
		pending: total('pending'),
		active: total('active'),
		unsubscribed: total('unsubscribed'),
		suppressed: total('suppressed'),
		paused: total('paused'),
		activeByLocale: sumsBy('locale', of('active')),
		activeBySource: sumsBy('source', of('active')),
	}
}

function sumsBy<Name extends 'locale' | 'source'>(
	name: Name,
	rows: Array<Record<Name, string> & { count: number }>,
): Record<string, number> {
	const sums: Record<string, number> = {}
	for (const row of rows) sums[row[name]] = (sums[row[name]] ?? 0) + row.count
	return sums
}

describe('the tallies of subscriptions', () => {
	it(`are what the rows come to, whatever changes them (TALLIES_SEED=${seed})`, async () => {
		const roll = dice(seed)
		const ids = [(await makeNewsletter(app)).id, (await makeNewsletter(app)).id]
		const states = ['pending', 'active', 'unsubscribed'] as const
		for (let step = 0; step < 150; step++) {
			const newsletterId = ids[roll(2)] ?? 0
			const address = `tallied${roll(25)}@example.net`
			const known = await app.db
				.selectFrom('subscriptions')
				.innerJoin('subscribers', 'subscribers.id', 'subscriber_id')
				.select('subscriptions.id')
				.where('newsletter_id', '=', newsletterId)
				.where('comparable_address', '=', address)
				.executeTakeFirst()
			if (!known) {
				await makeReader(app, newsletterId, {
					address,
					locale: ['en', 'fr'][roll(2)] ?? 'en',
					state: states[roll(3)] ?? 'active',
					source: subscriptionSources[roll(4)] ?? 'page',
				})
				continue
			}
			const row = app.db.updateTable('subscriptions').where('id', '=', known.id)
			const at = app.clock.now()
			const changes = [
				() => row.set({ state: states[roll(3)] ?? 'active', updated_at: at }).execute(),
				() => row.set({ locale: ['en', 'fr'][roll(2)] ?? 'en' }).execute(),
				() => row.set({ paused_until: new Date(Date.now() + (roll(3) - 1) * 86_400_000) }).execute(),
				() => app.db.deleteFrom('subscriptions').where('id', '=', known.id).execute(),
				() =>
					suppress(app.db, {
						addressHash: hashAddress(app.keys, address),
						reason: 'dead_address',
						evidence: null,
						at,
					}),
				() => tidyTallies(app),
				() =>
					app.db
						.updateTable('subscriptions')
						.where('newsletter_id', '=', newsletterId)
						.set({ state: states[roll(3)] ?? 'active', updated_at: at })
						.execute(),
			]
			await changes[roll(changes.length)]?.()
		}
		for (const newsletterId of ids) {
			expect(await countSubscriptions(app, newsletterId)).toMatchObject(await countRows(newsletterId))
		}
		expect(await checkTallies(app)).toEqual([])
		await tidyTallies(app)
		expect(await checkTallies(app)).toEqual([])
	})

	it('are told to be wrong where they are', async () => {
		const { id, slug } = await makeNewsletter(app)
		await makeReader(app, id, { address: 'wrong@example.net', locale: 'fr' })
		const spoil = (count: number) =>
			sql`insert into subscription_tallies (newsletter_id, state, locale, source, count)
				values (${id}, 'active', 'fr', 'page', ${count})`.execute(app.db)
		await spoil(2)
		const { body } = await staff.call('get', '/subscriptions/check')
		expect(body.differences).toMatchObject([
			{ newsletter: slug, state: 'active', locale: 'fr', tallied: 3, counted: 1 },
		])
		await spoil(-2)
	})

	it('tell the topics that were chosen, of those that are still offered', async () => {
		const { id, slug } = await makeNewsletter(app)
		const topicIds: number[] = []
		for (const [position, topic] of ['water', 'health', 'gone'].entries()) {
			const archived = topic === 'gone' ? app.clock.now() : null
			const row = { newsletter_id: id, slug: topic, position, archived_at: archived }
			topicIds.push(
				(await app.db.insertInto('topics').values(row).returning('id').executeTakeFirstOrThrow()).id,
			)
		}
		await makeReader(app, id, { address: 'all@example.net' })
		const some = { topicIds, rhythm: 'round_up' as const }
		await makeChoices(app, await makeReader(app, id, { address: 'some@example.net' }), some)
		const notWater = { topicIds: topicIds.slice(0, 1), newTopics: true }
		await makeChoices(app, await makeReader(app, id, { address: 'but-one@example.net' }), notWater)
		expect((await staff.call('get', `/newsletters/${slug}/subscriptions/counts`)).body).toMatchObject({
			active: 3,
			activeAllTopics: 1,
			activeRoundUp: 1,
			activeByTopic: { water: 1, health: 2 },
		})
	})
})

describe('the days of a newsletter', () => {
	it('tell who came and went, and by which way', async () => {
		const { id, slug } = await makeNewsletter(app)
		const token = async (address: string) => {
			const subscription = await subscriptionOf(app, address, slug)
			return unsubscribeUrl(app, { subscriptionId: subscription.id, digestId: 0 }).split('/').at(-1) ?? ''
		}
		await signUp(app, 'waits@days.example', { newsletter: slug })
		for (const name of ['click', 'page', 'angry', 'staff', 'dead', 'erased']) {
			await subscribeFully(app, `${name}@days.example`, { newsletter: slug, locale: 'fr' })
		}
		const leave = async (name: string, page: string) =>
			unsubscribe(app, { token: await token(`${name}@days.example`), page, ip: '192.0.2.1' })
		await leave('click', 'one-click')
		await leave('page', 'unsubscribe page')
		const angry = await subscriptionOf(app, 'angry@days.example', slug)
		await app.db
			.transaction()
			.execute((tx) =>
				endByReport(tx, { subscriptionId: angry.id, digestId: 0, page: 'complaint', at: app.clock.now() }),
			)
		const { body } = await staff.call('post', '/readers/find', { address: 'staff@days.example', exact: true })
		await staff.call('post', `/readers/${body.items[0].id}/unsubscribe`)
		const addressHash = hashAddress(app.keys, 'dead@days.example')
		await suppress(app.db, { addressHash, reason: 'dead_address', evidence: null, at: app.clock.now() })
		await eraseReader({ ...app, forget: [] }, { address: 'erased@days.example' }, operator)
		await app.request.post(`/unsubscribe/${await token('click@days.example')}/undo`)

		for (const tidy of [false, true]) {
			if (tidy) await tidyTallies(app)
			const days = await listSubscriberDays(app, id, 1)
			const today = app.clock.now().toISOString().slice(0, 10)
			expect(new Set(days.map(({ day }) => day))).toEqual(new Set([today]))
			const told = Object.fromEntries(days.map(({ kind, locale, count }) => [`${kind} ${locale}`, count]))
			expect(told).toEqual({
				'joined en': 1,
				'joined fr': 6,
				'confirmed fr': 6,
				'left_one_click fr': 1,
				'left_page fr': 1,
				'left_complaint fr': 1,
				'left_staff fr': 1,
				'bounced fr': 1,
				'came_back fr': 1,
			})
		}
		const answer = await staff.call('get', `/newsletters/${slug}/subscriptions/days?days=7`)
		expect(answer.body.items).toHaveLength(9)
		app.clock.advance({ days: 2 })
		expect(await listSubscriberDays(app, id, 1)).toEqual([])
	})
})
