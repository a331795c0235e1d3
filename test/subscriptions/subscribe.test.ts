import { createQueryId, type KyselyPlugin, PostgresQueryCompiler, type RootOperationNode } from 'kysely'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { AppError } from '../../src/kernel/app-error.ts'
import { hashAddress, signToken } from '../../src/kernel/keys.ts'
import type { Newsletter } from '../../src/newsletters/index.ts'
import { stampForm, subscribe } from '../../src/subscriptions/index.ts'
import type { SubscribeInput } from '../../src/subscriptions/subscribe.ts'
import { suppress } from '../../src/suppressions/index.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'
import { makeNewsletter, receiptsOf, signUp, stateOf, subscribeFully, subscriptionOf } from './people.ts'

let app: TestApp
let newsletter: Newsletter

beforeAll(async () => {
	app = await startTestApp()
	newsletter = await makeNewsletter(app)
})
afterEach(() => app.drain())
afterAll(() => app.close())

const wish = (email: string, more: Partial<SubscribeInput> = {}): SubscribeInput => ({
	newsletter,
	email,
	locale: 'en',
	page: 'https://example.org/join',
	ip: '192.0.2.7',
	...more,
})

/** The SQL of every statement that a piece of work runs, without its values. */
async function statementsOf(work: (db: TestApp['db']) => Promise<unknown>): Promise<string[]> {
	const statements: string[] = []
	const recorder: KyselyPlugin = {
		transformQuery: ({ node }) => {
			statements.push(
				new PostgresQueryCompiler().compileQuery(node as RootOperationNode, createQueryId()).sql,
			)
			return node
		},
		transformResult: async ({ result }) => result,
	}
	await work(app.db.withPlugin(recorder))
	return statements
}

describe('the five states of an address', () => {
	it('run through the very same statements (T2, promise 3)', async () => {
		const people = {
			new: 'new@example.org',
			pending: 'pending@example.org',
			active: 'active@example.org',
			unsubscribed: 'unsubscribed@example.org',
			suppressed: 'suppressed@example.org',
		}
		await signUp(app, people.pending)
		await subscribeFully(app, people.active)
		await subscribeFully(app, people.unsubscribed)
		await app.db
			.updateTable('subscriptions')
			.set({ state: 'unsubscribed' })
			.where('id', '=', (await subscriptionOf(app, people.unsubscribed)).id)
			.execute()
		const addressHash = hashAddress(app.keys, people.suppressed)
		await suppress(app.db, { addressHash, reason: 'complaint', evidence: null, at: app.clock.now() })

		const runs: Record<string, string[]> = {}
		for (const [state, email] of Object.entries(people)) {
			runs[state] = await statementsOf((db) => subscribe({ ...app, db }, wish(email)))
		}
		expect(runs.new?.length).toBeGreaterThan(3)
		for (const state of Object.keys(people)) expect(runs[state], state).toEqual(runs.new)
	})

	it('keep what they were: a stranger’s sign-up changes neither state nor language', async () => {
		await subscribeFully(app, 'steady@example.org', { locale: 'fr' })
		await subscribe(app, wish('steady@example.org', { locale: 'en' }))
		expect(await subscriptionOf(app, 'steady@example.org')).toMatchObject({ state: 'active', locale: 'fr' })
	})
})

describe('many sign-ups of one address at the same moment', () => {
	it('make one subscription, and a receipt each', async () => {
		for (const name of Array.from({ length: 25 }, (_, index) => `race${index}`)) {
			await Promise.all([1, 2, 3, 4].map(() => subscribe(app, wish(`${name}@example.org`))))
			const { id } = await subscriptionOf(app, `${name}@example.org`)
			expect(await receiptsOf(app, id)).toHaveLength(4)
		}
	})
})

describe('an address', () => {
	it('is kept as typed, without folding of dots, tags or case of its local part (T6)', async () => {
		for (const email of ['Jane.Doe@Example.ORG', 'janedoe@example.org', 'jane.doe+news@example.org']) {
			await subscribe(app, wish(email))
		}
		const rows = await app.db
			.selectFrom('subscribers')
			.select(['local_part', 'domain', 'comparable_address'])
			.where('comparable_address', 'like', 'jane%')
			.orderBy('id')
			.execute()
		expect(rows.map(({ local_part }) => local_part)).toEqual(['Jane.Doe', 'janedoe', 'jane.doe+news'])
		expect(new Set(rows.map(({ domain }) => domain))).toEqual(new Set(['example.org']))
	})

	it('of a Unicode domain is kept with A-labels, and is one with its own A-label form (T6)', async () => {
		await subscribe(app, wish('zoé@bücher.example'))
		await subscribe(app, wish('zoé@xn--bcher-kva.example'))
		const rows = await app.db
			.selectFrom('subscribers')
			.select(['local_part', 'domain'])
			.where('local_part', '=', 'zoé')
			.execute()
		expect(rows).toEqual([{ local_part: 'zoé', domain: 'xn--bcher-kva.example' }])
	})

	it('is known to suppressions by the hash that stands beside it', async () => {
		await subscribe(app, wish('Hash@Example.org'))
		const row = await app.db
			.selectFrom('subscribers')
			.select('address_hash')
			.where('comparable_address', '=', 'hash@example.org')
			.executeTakeFirstOrThrow()
		expect(row.address_hash).toBe(hashAddress(app.keys, 'hash@example.org'))
	})
})

describe('the consent receipt', () => {
	it('holds wording, its version, language, page and time, and no IP unless that is configured', async () => {
		await subscribe(app, wish('receipt@example.org', { locale: 'fr' }))
		const { id } = await subscriptionOf(app, 'receipt@example.org')
		expect(await receiptsOf(app, id)).toMatchObject([
			{
				action: 'requested',
				wording: newsletter.texts.find(({ locale }) => locale === 'fr')?.consentWording,
				wording_version: 1,
				locale: 'fr',
				page: 'https://example.org/join',
				ip: null,
				at: app.clock.now(),
			},
		])
		await subscribe({ ...app, config: { ...app.config, recordIp: true } }, wish('receipt@example.org'))
		expect((await receiptsOf(app, id)).at(-1)).toMatchObject({ ip: '192.0.2.7' })
	})

	it('claims no text for a version that a form shows but the newsletter no longer has', async () => {
		await subscribe(app, wish('old-form@example.org', { wordingVersion: 9 }))
		const { id } = await subscriptionOf(app, 'old-form@example.org')
		expect(await receiptsOf(app, id)).toMatchObject([{ wording: null, wording_version: 9 }])
	})

	it('can be neither changed nor deleted', async () => {
		await expect(app.db.deleteFrom('consent_receipts').execute()).rejects.toThrow('append-only')
		await expect(app.db.updateTable('consent_receipts').set({ page: '' }).execute()).rejects.toThrow(
			'append-only',
		)
	})
})

describe('machines', () => {
	it('that fill the hidden field are told the same and nothing is done', async () => {
		const signup = await subscribe(
			app,
			wish('trapped@example.org', { form: { trap: 'http://spam.example' } }),
		)
		expect(Object.keys(signup)).toEqual(Object.keys(await subscribe(app, wish('person@example.org'))))
		expect(await stateOf(app, 'trapped@example.org')).toBeUndefined()
	})

	it('that are faster than people are asked once more, and a form without a stamp is not', async () => {
		const slow = { ...app, config: { ...app.config, formMinSeconds: 3 } }
		const started = stampForm(app.keys, app.clock.now())
		const fast = subscribe(slow, wish('fast@example.org', { form: { started } }))
		await expect(fast).rejects.toMatchObject({ code: 'invalid', message: 'errors.form.too_fast' })
		expect(await stateOf(app, 'fast@example.org')).toBeUndefined()

		app.clock.advance({ seconds: 4 })
		await subscribe(slow, wish('fast@example.org', { form: { started } }))
		await subscribe(slow, wish('pasted@example.org', { form: {} }))
		expect(await stateOf(app, 'fast@example.org')).toBe('pending')
		expect(await stateOf(app, 'pasted@example.org')).toBe('pending')
	})

	it('gain nothing by a stamp of their own making', async () => {
		const strict = { ...app, config: { ...app.config, formMinSeconds: 3, signupsPerAddressAndHour: 1 } }
		const started = signToken(app.keys, 'unsubscribe', [1])
		await subscribe(strict, wish('stamp@example.org', { form: { started } }))
		const second = subscribe(strict, wish('stamp@example.org', { form: { started } }))
		await expect(second).rejects.toMatchObject({ code: 'limited' })
	})
})

describe('limits (T3)', () => {
	const limited = (limits: object) => ({ ...app, config: { ...app.config, ...limits } })
	const attempt = (deps: Parameters<typeof subscribe>[0], email: string, ip = '192.0.2.7') =>
		subscribe(deps, wish(email, { ip })).then(
			() => 'taken',
			(error: unknown) => (error instanceof AppError ? error.code : error),
		)

	it('hold for an address, whatever the network', async () => {
		const deps = limited({ signupsPerAddressAndHour: 2 })
		expect(await attempt(deps, 'often@example.org', '198.51.100.1')).toBe('taken')
		expect(await attempt(deps, 'OFTEN@example.org', '198.51.100.2')).toBe('taken')
		expect(await attempt(deps, 'often@example.org', '198.51.100.3')).toBe('limited')
	})

	it('hold for a network, and an IPv6 line is one network', async () => {
		const deps = limited({ signupsPerIpAndHour: 2 })
		expect(await attempt(deps, 'v6-1@example.org', '2001:db8:1:2:3::4')).toBe('taken')
		expect(await attempt(deps, 'v6-2@example.org', '2001:db8:1:2:ffff::9')).toBe('taken')
		expect(await attempt(deps, 'v6-3@example.org', '2001:db8:1:2::1')).toBe('limited')
		expect(await attempt(deps, 'v6-4@example.org', '2001:db8:1:3::1')).toBe('taken')
	})

	it('hold for a mail domain, so that nobody bombs a whole organisation', async () => {
		const deps = limited({ signupsPerDomainAndHour: 2 })
		expect(await attempt(deps, 'a@bombed.example')).toBe('taken')
		expect(await attempt(deps, 'b@bombed.example')).toBe('taken')
		expect(await attempt(deps, 'c@bombed.example')).toBe('limited')
	})

	it('say when to try again, and keep neither address nor IP in clear', async () => {
		const deps = limited({ signupsPerAddressAndHour: 1 })
		const taken: string[] = []
		const limiter = {
			take: (key: string, limit: { points: number; perSeconds: number }) => {
				taken.push(key)
				return app.limiter.take(key, limit)
			},
		}
		await subscribe({ ...deps, limiter }, wish('secret@hidden.example'))
		const error = await subscribe({ ...deps, limiter }, wish('secret@hidden.example')).catch((e) => e)
		expect(error.retryAfterSeconds).toBeGreaterThan(3_000)
		expect(taken.join()).not.toMatch(/secret|hidden|192\.0/)
	})
})
