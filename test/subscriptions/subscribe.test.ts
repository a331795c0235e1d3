import { createQueryId, type KyselyPlugin, PostgresQueryCompiler, type RootOperationNode } from 'kysely'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { hashAddress, signToken } from '../../src/kernel/keys.ts'
import type { Limiter } from '../../src/kernel/limiter.ts'
import { getNewsletter, type Newsletter } from '../../src/newsletters/index.ts'
import {
	createKeepSignup,
	isStamped,
	recordSignups,
	sendNotice,
	stampForm,
	subscribe,
} from '../../src/subscriptions/index.ts'
import { judgeForm } from '../../src/subscriptions/judge-form.ts'
import type { SubscribeInput } from '../../src/subscriptions/subscribe.ts'
import { suppress } from '../../src/suppressions/index.ts'
import { makeNewsletter } from '../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'
import { testClock } from '../support/test-clock.ts'
import { mailsTo, noticeTo, receiptsOf, signUp, stateOf, subscribeFully, subscriptionOf } from './people.ts'

let app: TestApp
let newsletter: Newsletter

beforeAll(async () => {
	app = await startTestApp()
	newsletter = await makeNewsletter(app, { slug: 'news' })
})
afterEach(() => app.drain())
afterAll(() => app.close())

const wish = (email: string, more: Partial<SubscribeInput> = {}): SubscribeInput => ({
	newsletter,
	email,
	locale: 'en',
	page: 'https://example.org/join',
	came: { source: 'page' },
	ip: '192.0.2.7',
	...more,
})

/** Has the mail of an address go out now, where it may. */
async function send(deps: TestApp, email: string): Promise<void> {
	await sendNotice(deps, { noticeId: (await noticeTo(deps, email)).id })
}

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
			runs[state] = await statementsOf(async (db) => {
				await subscribe({ ...app, db, keepSignup: createKeepSignup({ ...app, db }) }, wish(email))
				await recordSignups({ ...app, db })
			})
		}
		// the function that records a sign-up knows no branches
		expect(runs.new?.join()).toMatch(/insert into waiting_signups.*record_waiting_signups/s)
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

describe('two clicks at the same moment', () => {
	it('mail once, and so do those that come before the mail is out', async () => {
		const idle = await startTestApp({ workers: false })
		const news = await makeNewsletter(idle, { slug: 'news' })
		const click = () => subscribe(idle, { ...wish('clicks@example.org'), newsletter: news })
		await Promise.all([click(), click()])
		await click()
		const { id } = await subscriptionOf(idle, 'clicks@example.org')
		const ids = await idle.db.selectFrom('notices').select('id').where('subscription_id', '=', id).execute()
		expect(ids).toHaveLength(1)
		const before = idle.clock.now()
		idle.clock.advance({ seconds: 0.1 })
		await Promise.all([1, 2].map(() => sendNotice(idle, { noticeId: ids[0]?.id ?? 0 })))
		expect(idle.captured?.list()).toHaveLength(1)
		// one that came before, and had to wait until it was its turn
		idle.clock.set(before)
		await click()
		await recordSignups(idle)
		const all = await idle.db.selectFrom('notices').select('id').where('subscription_id', '=', id).execute()
		expect(all).toEqual(ids)
		await idle.close()
	})

	it('mail once over HTTP too', async () => {
		// whose time goes on, as the mail of one click may be out before it is the other's turn
		const real = await startTestApp({ clock: { ...testClock(), now: () => new Date() } })
		await makeNewsletter(real, { slug: 'news' })
		const emails = Array.from({ length: 6 }, (_, index) => `click${index}@example.org`)
		for (const email of emails) await Promise.all([signUp(real, email), signUp(real, email)])
		await real.drain()
		for (const email of emails) expect(await mailsTo(real, email), email).toHaveLength(1)
		await real.close()
	})
})

describe('a second click, when the mail is out already', () => {
	const ways: Array<[string, (email: string) => Promise<unknown>]> = [
		['over the API', (email) => signUp(app, email)],
		[
			'in the form',
			(email) => app.request.post('/newsletters/news/subscriptions').type('form').send({ email }).expect(200),
		],
	]
	it.each(ways)('mails no more within some seconds, and once again after: %s', async (way, click) => {
		const email = `again-${way.replaceAll(' ', '-')}@example.org`
		await click(email)
		await app.drain()
		for (const seconds of [0.2, 2]) {
			app.clock.advance({ seconds })
			await click(email)
			await app.drain()
		}
		expect(await mailsTo(app, email)).toHaveLength(1)
		app.clock.advance({ seconds: 5 })
		await click(email)
		await app.drain()
		expect(await mailsTo(app, email)).toHaveLength(2)
	})

	it('is a wish of its own where the person has confirmed or left since', async () => {
		await subscribeFully(app, 'quick@example.org')
		app.clock.advance({ seconds: 1 })
		await signUp(app, 'quick@example.org')
		await app.drain()
		expect(await mailsTo(app, 'quick@example.org')).toHaveLength(2)
	})
})

describe('an address', () => {
	it('is kept as typed, without folding of dots, tags or case of its local part (T6)', async () => {
		for (const email of ['Jane.Doe@Example.ORG', 'janedoe@example.org', 'jane.doe+news@example.org']) {
			await subscribe(app, wish(email))
		}
		await recordSignups(app)
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
		await recordSignups(app)
		const rows = await app.db
			.selectFrom('subscribers')
			.select(['local_part', 'domain'])
			.where('local_part', '=', 'zoé')
			.execute()
		expect(rows).toEqual([{ local_part: 'zoé', domain: 'xn--bcher-kva.example' }])
	})

	it('is known to suppressions by the hash that stands beside it', async () => {
		await subscribe(app, wish('Hash@Example.org'))
		await recordSignups(app)
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
		await recordSignups(app)
		expect((await receiptsOf(app, id)).at(-1)).toMatchObject({ ip: '192.0.2.7' })
	})

	it('claims no text for a version that a form shows but the newsletter no longer has', async () => {
		await subscribe(app, wish('old-form@example.org', { shown: { wordingVersion: 9 } }))
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

	it('gain nothing by a stamp that they made, kept for days or took from a clock ahead', async () => {
		const now = app.clock.now()
		const judge = (started: string, at = now) => judgeForm(app.keys, { started }, { now: at, minSeconds: 3 })
		const stamp = stampForm(app.keys, now)
		expect(judge(stamp)).toBe('hurried')
		expect(isStamped(app.keys, { started: stamp }, now)).toBe(true)
		expect(judge(stamp, new Date(now.getTime() + 4_000))).toBe('fine')
		for (const days of [1.01, -1]) {
			expect(isStamped(app.keys, { started: stamp }, new Date(now.getTime() + days * 86_400_000))).toBe(false)
		}
		expect(isStamped(app.keys, { started: signToken(app.keys, 'unsubscribe', [1]) }, now)).toBe(false)
	})
})

describe('limits (T3)', () => {
	let idle: TestApp
	beforeAll(async () => {
		idle = await startTestApp({ workers: false })
		await makeNewsletter(idle, { slug: 'news' })
	})
	afterAll(() => idle.close())

	/** Signs up, lets the mails go out that may, and gives how many a domain got. */
	const mailsFrom = async (limits: object, wishes: Array<[email: string, ip: string]>, domain: string) => {
		const deps = { ...idle, config: { ...idle.config, ...limits } }
		for (const [email, ip] of wishes) {
			await subscribe(deps, {
				...wish(email, { ip }),
				newsletter: await getNewsletter(idle, { slug: 'news' }),
			})
			await send(deps, email)
		}
		return (idle.captured?.list() ?? []).filter(({ envelope }) => envelope.to.endsWith(domain)).length
	}
	const many = (count: number, make: (index: number) => [string, string]) =>
		Array.from({ length: count }, (_, index) => make(index))

	it.each([
		['tags', 'many.example', (n: number) => `jane+${n}@many.example`],
		['tags that look like others', 'more.example', (n: number) => `Jane+a+${n}@MORE.example`],
		[
			'dots that Gmail ignores',
			'mail.com',
			(n: number) =>
				`ja${n % 2 ? '.' : ''}n${n % 4 > 1 ? '.' : ''}e+${n}@${n % 3 ? 'gmail.com' : 'googlemail.com'}`,
		],
		['Yahoo’s hyphens', 'yahoo.fr', (n: number) => `jane-${n}@yahoo.fr`],
	])(
		'hold for a mailbox: three mails a day, whatever the %s and from however many networks',
		async (_what, domain, email) => {
			const wishes = many(10, (n) => [email(n), `2001:db8:${n.toString(16)}::1`])
			expect(await mailsFrom({}, wishes, domain)).toBe(3)
		},
	)

	it.each([
		['/64', 2, (n: number) => `2001:db8:a:1::${n}`],
		['/56', 4, (n: number) => `2001:db8:b:1${n.toString(16).padStart(2, '0')}::1`],
		['/48', 8, (n: number) => `2001:db8:c:${(n * 256).toString(16)}::1`],
		['IPv4 address', 2, () => '198.51.100.9'],
	])('hold for a %s, beyond which a mail goes out now and then', async (what, cap, ip) => {
		const domain = `net-${what.replace(/\W/g, '').toLowerCase()}.example`
		const wishes = many(12, (n) => [`r${n}@${domain}`, ip(n)])
		expect(await mailsFrom({ signupsPerIpAndHour: 2 }, wishes, domain)).toBe(cap + 1)
	})

	it('count more for who is faster than people, as browsers are that fill forms in', async () => {
		const slow = { ...idle, config: { ...idle.config, formMinSeconds: 3, signupsPerIpAndHour: 2 } }
		const newsletter = await getNewsletter(idle, { slug: 'news' })
		const ip = '198.51.100.77'
		const come = async (name: string, form?: { started: string }) => {
			const email = `${name}@hurried.example`
			await subscribe(slow, { ...wish(email, { ip, ...(form && { form }) }), newsletter })
			const before = await noticeTo(idle, email)
			await send(slow, email)
			return { before, after: await noticeTo(idle, email) }
		}
		const hurry = (name: string) => come(name, { started: stampForm(idle.keys, idle.clock.now()) })
		const first = await hurry('first')
		expect(first.before).toMatchObject({ state: 'due', hurried: true })
		expect(first.after).toMatchObject({ state: 'accepted' })
		expect((await hurry('second')).after).toMatchObject({ state: 'due' })
		expect((await come('by-hand')).after).toMatchObject({ state: 'accepted' })
	})

	it('hold for a mail domain, which keeps a reserve for networks that are new to it', async () => {
		const limits = { signupsPerDomainAndHour: 10, signupsPerIpAndHour: 1_000 }
		const flood = many(18, (n) => [`r${n}@bombed.example`, '203.0.113.5'])
		const sent = await mailsFrom(limits, flood, 'bombed.example')
		// the one network's own place in the reserve, and one beyond all that
		expect(sent).toBe(12)
		const after = await mailsFrom(limits, [['person@bombed.example', '198.51.100.20']], 'bombed.example')
		expect(after).toBe(13)
	})

	it('make who is over them wait, and refuse nobody: what waits goes out when there is room', async () => {
		const deps = { ...idle, config: { ...idle.config, signupsPerDomainAndHour: 1 } }
		const newsletter = await getNewsletter(idle, { slug: 'news' })
		for (const name of ['one', 'two', 'three', 'four']) {
			const email = `${name}@waiting.example`
			await subscribe(deps, { ...wish(email), newsletter })
			await send(deps, email)
		}
		const waiting = await noticeTo(idle, 'four@waiting.example')
		expect(waiting).toMatchObject({ state: 'due', attempts: 0 })
		expect(waiting.due_at.getTime()).toBeGreaterThan(idle.clock.now().getTime() + 20_000)
		idle.clock.set(waiting.due_at)
		await send({ ...deps, config: idle.config }, 'four@waiting.example')
		expect(await noticeTo(idle, 'four@waiting.example')).toMatchObject({ state: 'accepted', networks: null })
	})

	it('lock nobody out: after 100 sign-ups of one mailbox from 100 lines its person and their colleagues get in', async () => {
		const bombs = many(100, (n) => [
			`victim+${n}@attacked.example`,
			`2001:db8:${(n >> 4).toString(16)}:${n.toString(16)}::1`,
		])
		for (let at = 0; at < bombs.length; at += 50) {
			await Promise.all(bombs.slice(at, at + 50).map(([email, ip]) => subscribe(app, wish(email, { ip }))))
		}
		await subscribe(app, wish('colleague@attacked.example', { ip: '2001:db8:1:ffff::1' }))
		await subscribe(app, wish('victim@attacked.example', { ip: '198.51.100.4' }))
		await app.drain()
		const sent = (app.captured?.list() ?? []).map(({ envelope }) => envelope.to)
		expect(sent.filter((to) => to.startsWith('victim'))).toHaveLength(3)
		expect(sent.filter((to) => to.startsWith('colleague'))).toHaveLength(1)
	})

	it('keep neither address nor network in clear', async () => {
		const taken: string[] = []
		const limiter: Pick<Limiter, 'take'> = {
			take: (key, limit) => {
				taken.push(key)
				return idle.limiter.take(key, limit)
			},
		}
		const deps = { ...idle, limiter: { ...idle.limiter, ...limiter } }
		const newsletter = await getNewsletter(idle, { slug: 'news' })
		await subscribe(deps, { ...wish('secret@hidden.example', { ip: '2001:db8:77::1' }), newsletter })
		const { networks } = await noticeTo(idle, 'secret@hidden.example')
		await send(deps, 'secret@hidden.example')
		expect(networks).toHaveLength(3)
		expect(taken.length).toBeGreaterThan(6)
		expect([...taken, ...(networks ?? [])].join()).not.toMatch(/secret|hidden|2001|db8/)
	})
})
