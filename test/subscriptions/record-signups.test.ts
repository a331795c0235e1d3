import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { operator } from '../../src/kernel/actor.ts'
import { hashAddress } from '../../src/kernel/keys.ts'
import type { Newsletter } from '../../src/newsletters/index.ts'
import {
	createKeepSignup,
	eraseReader,
	pruneUnconfirmed,
	recordSignups,
	subscribe,
} from '../../src/subscriptions/index.ts'
import { reconcileProcessor } from '../../workers/reconcile.ts'
import { makeNewsletter } from '../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'
import { receiptsOf, stateOf, subscriptionOf } from './people.ts'

let app: TestApp
let newsletter: Newsletter

beforeEach(async () => {
	app = await startTestApp({ workers: false })
	newsletter = await makeNewsletter(app, { slug: 'news' })
})
afterEach(() => app.close())

const signUp = (email: string, deps: TestApp = app) =>
	subscribe(deps, {
		...{ newsletter, email, locale: 'en', page: 'p', ip: '192.0.2.1' },
		came: { source: 'page' },
	})

async function waiting(): Promise<string[]> {
	const rows = await app.db.selectFrom('waiting_signups').select('address_hash').orderBy('id').execute()
	return rows.map((row) => row.address_hash)
}

const subscribers = async () =>
	(await app.db.selectFrom('subscribers').select('comparable_address').execute()).map(
		(row) => row.comparable_address,
	)

describe('a sign-up', () => {
	it('is kept before it is answered, and recorded by whoever comes next, as of the time at which it came', async () => {
		await signUp('ada@example.org')
		const came = app.clock.now()
		expect(await waiting()).toEqual([hashAddress(app.keys, 'ada@example.org')])
		expect(await subscribers()).toEqual([])
		app.clock.advance({ hours: 3 })
		await recordSignups(app)
		expect(await waiting()).toEqual([])
		const { id, created_at } = await subscriptionOf(app, 'ada@example.org')
		expect(created_at).toEqual(came)
		expect(await receiptsOf(app, id)).toMatchObject([{ action: 'requested', at: came }])
	})

	it('is found by the reconciler where the queue lost the job', async () => {
		const jobs = { enqueue: async () => {} }
		await signUp('lost@example.org', { ...app, keepSignup: createKeepSignup({ ...app, jobs }) })
		await reconcileProcessor(app)({})
		expect(await subscribers()).toEqual(['lost@example.org'])
	})

	it('is refused where it can’t be kept, and those that came with it are kept all the same', async () => {
		const keepSignup: TestApp['keepSignup'] = (signup) =>
			app.keepSignup(signup.address.local === 'odd' ? { ...signup, cameAt: new Date(Number.NaN) } : signup)
		const all = ['one', 'odd', 'two', 'three'].map((name) =>
			signUp(`${name}@example.org`, { ...app, keepSignup }),
		)
		const ends = await Promise.allSettled(all)
		expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled'])
		await recordSignups(app)
		expect((await subscribers()).sort()).toEqual(['one@example.org', 'three@example.org', 'two@example.org'])
	})

	it('that can’t be recorded stays, keeps nobody else from it, is in the log and goes with the unconfirmed', async () => {
		for (const name of ['before', 'odd', 'after']) await signUp(`${name}@example.org`)
		const odd = hashAddress(app.keys, 'odd@example.org')
		await sql`update waiting_signups set signup = signup || '{"source": "nonsense"}'
			where address_hash = ${odd}`.execute(app.db)
		await expect(recordSignups(app)).rejects.toThrow('not every sign-up could be recorded')
		expect((await subscribers()).sort()).toEqual(['after@example.org', 'before@example.org'])
		expect(await waiting()).toEqual([odd])
		expect(app.logged.filter((line) => line.includes('a sign-up could not be recorded'))).toHaveLength(1)
		expect(app.logged.join()).not.toContain('odd@')
		app.clock.advance({ days: app.config.unconfirmedDays + 1 })
		await pruneUnconfirmed(app)
		expect(await waiting()).toEqual([])
	})

	it('of somebody who is erased before it is recorded is forgotten with them', async () => {
		await signUp('gone@example.org')
		await signUp('stays@example.org')
		const { erased } = await eraseReader(app, { address: 'Gone@example.org' }, operator)
		expect(erased).toMatchObject({ signups: 1 })
		await recordSignups(app)
		expect(await subscribers()).toEqual(['stays@example.org'])
	})
})

describe('many sign-ups', () => {
	it('are recorded once each by several who do it at the same moment', async () => {
		const names = Array.from({ length: 250 }, (_, index) => `r${index}@example.org`)
		await Promise.all([...names, ...names.slice(0, 40)].map((email) => signUp(email)))
		await Promise.all([1, 2, 3].map(() => recordSignups(app)))
		expect(await subscribers()).toHaveLength(250)
		const { rows } = await sql<{ receipts: number }>`
			select count(*)::int as receipts from consent_receipts`.execute(app.db)
		expect(rows).toEqual([{ receipts: 290 }])
		expect(await stateOf(app, 'r7@example.org')).toBe('pending')
	})
})
