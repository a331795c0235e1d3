import { createHash } from 'node:crypto'
import { solveChallenge } from 'altcha-lib'
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { listAlerts } from '../../src/alerts/index.ts'
import type { Newsletter } from '../../src/newsletters/index.ts'
import { stateOfAttack } from '../../src/staff/occasions/find-occasions.ts'
import { createSignupWatch, endQuietAttack, makeChallenge, subscribe } from '../../src/subscriptions/index.ts'
import { addCounts, lockAttack, readCounts } from '../../src/subscriptions/protection/store.ts'
import { makeNewsletter } from '../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'
import { confirmPath } from './people.ts'

// ATTACK=10000 tries it at its full size; the caps do not depend on it
// one connection to the embedded database does it one after the other
const usual = inject('parts') === 'servers' && process.env.EVERYTHING ? 1_000 : 200
const size = Number(process.env.ATTACK ?? usual)
const atOnce = 25
/** Of the domain under attack, an hour; and from how many networks its attack comes, each within what a line may ask for. */
const cap = Math.min(300, size / 2)
const networks = Math.min(40, Math.ceil(size / 25))

/** A network of its own each, every other one IPv6. */
const networkOf = (n: number) =>
	n % 2 === 0
		? `${11 + (n >> 16)}.${(n >> 8) & 255}.${n & 255}.9`
		: `2001:${(n >> 8).toString(16)}:${(n & 255).toString(16)}::1`

async function forEach(count: number, act: (n: number) => Promise<unknown>): Promise<void> {
	for (let from = 0; from < count; from += atOnce) {
		const many = Math.min(atOnce, count - from)
		await Promise.all(Array.from({ length: many }, (_, index) => act(from + index)))
	}
}

let app: TestApp
let newsletter: Newsletter
beforeAll(async () => {
	app = await startTestApp({
		config: { trustProxy: 1, signupsPerIpAndHour: 30, signupsPerDomainAndHour: cap },
	})
	newsletter = await makeNewsletter(app, { sites: ['https://charity.example'] })
})
afterAll(() => app?.close())

const mailsTo = (pattern: RegExp) =>
	(app.captured?.list() ?? []).filter(({ envelope }) => pattern.test(envelope.to)).length

describe('an attack', () => {
	it('on one address, from many networks and by all ways in, mails it three times at most, and its person gets in', async () => {
		const base = `/newsletters/${newsletter.slug}`
		const email = 'victim@attacked.example'
		const statuses = new Set<string>()
		await forEach(Math.min(size, 1_000), async (n) => {
			const from = networkOf(n)
			const ways = [
				() => app.request.post(`${base}/subscriptions`).type('form').send({ email, locale: 'en' }),
				() =>
					app.request
						.post(`${base}/subscriptions`)
						.type('form')
						.set('Referer', 'https://charity.example/join')
						.send({ email, locale: 'fr' }),
				() => app.request.post(`/api/v1${base}/subscriptions`).send({ email, locale: 'en' }),
			]
			const way = ways[n % ways.length] ?? ways[0]
			const { status } = await (way?.() ?? app.request.get('/')).set('X-Forwarded-For', from)
			statuses.add(`${n % ways.length}: ${status}`)
		})
		// the same answer to all, from the first to the last
		expect([...statuses].sort()).toEqual(['0: 200', '1: 200', '2: 202'])
		await app.drain()
		expect(mailsTo(/^victim@/)).toBeGreaterThan(0)
		expect(mailsTo(/^victim@/)).toBeLessThanOrEqual(3)
		await app.request.post(await confirmPath(app, email)).expect(200)
	}, 120_000)

	const flood = (deps: TestApp, domain: string) =>
		forEach(size, (n) =>
			subscribe(deps, {
				newsletter,
				email: `r${n}@${domain}`,
				locale: 'en',
				page: 'https://charity.example/join',
				came: { source: 'api' },
				// all from a few networks, as a program rents them
				ip: networkOf(n % networks),
			}),
		)

	it('on one domain stays within its cap, and a person of it still gets in', async () => {
		await flood({ ...app, asksChallenge: async () => false }, 'flooded.example')
		await app.drain()
		await app.signupWatch.flush()
		// the cap, a fifth of it for networks that are new to the domain, and half of it evenly over the hour
		expect(mailsTo(/@flooded\.example$/)).toBeGreaterThanOrEqual(cap)
		expect(mailsTo(/@flooded\.example$/)).toBeLessThanOrEqual(cap * 1.7)
		// without scripts, though a solution is asked for by now
		const page = await app.request.get(`/newsletters/${newsletter.slug}/en`).expect(200)
		const [, started] = /name="started" value="([^"]+)"/.exec(page.text) ?? []
		await app.request
			.post(`/newsletters/${newsletter.slug}/subscriptions`)
			.type('form')
			.set('X-Forwarded-For', '198.51.100.77')
			.send({ email: 'a.person@flooded.example', locale: 'en', started })
			.expect(200)
		await app.drain()
		expect(mailsTo(/^a\.person@flooded/)).toBe(1)
	}, 600_000)

	it('by programs that solve nothing gets a fifth of the cap, and who brings a solution is mailed at once', async () => {
		expect(await app.asksChallenge(newsletter.id)).toBe(true)
		await flood(app, 'asked.example')
		await app.drain()
		// of the reserve each network has one, and one goes out evenly
		expect(mailsTo(/@asked\.example$/)).toBeLessThanOrEqual(cap / 5 + networks + 2)
		const challenge = await makeChallenge(app, newsletter.id, 3)
		const solution = await solveChallenge({ challenge, deriveKey })
		const altcha = Buffer.from(JSON.stringify({ challenge, solution })).toString('base64')
		await app.request
			.post(`/api/v1/newsletters/${newsletter.slug}/subscriptions`)
			.set('X-Forwarded-For', networkOf(1))
			.send({ email: 'solved@asked.example', altcha })
			.expect(202)
		await app.drain()
		expect(mailsTo(/^solved@asked/)).toBe(1)
	}, 600_000)

	it('alerts staff once, with which cap, how much and whence, and says when it is over', async () => {
		await app.signupWatch.flush()
		const [alert, ...others] = await listAlerts(app, { all: true, limit: 10 })
		expect(others).toEqual([])
		expect(alert?.classes.domain).toBeGreaterThan(50)
		const { 'flooded.example': flooded = 0, 'asked.example': asked = 0 } = alert?.domains ?? {}
		expect(flooded + asked).toBeGreaterThanOrEqual(alert?.classes.domain ?? 0)
		expect(alert?.networks).toBeGreaterThanOrEqual(networks)
		expect(JSON.stringify(alert)).not.toMatch(/@|\b11\.0\.|2001:/)
		const told = () => app.logged.filter((line) => line.includes('staff is alerted'))
		expect(told()).toHaveLength(1)
		expect(told()[0]).not.toContain('@')

		// another process, which counts for itself
		const other = createSignupWatch(app)
		for (let n = 0; n < 60; n++) other.note({ cap: 'flood', network: 'elsewhere' })
		app.signupWatch.note({ cap: 'flood', network: 'elsewhere' })
		await Promise.all([other.flush(), app.signupWatch.flush()])
		const [later, ...more] = await listAlerts(app, { all: true, limit: 10 })
		expect(more).toEqual([])
		expect(later).toMatchObject({ id: alert?.id, networks: (alert?.networks ?? 0) + 1, closedAt: null })
		expect(later?.classes.flood).toBe(61)
		expect(told()).toHaveLength(1)

		await endQuietAttack(app)
		expect((await listAlerts(app, { all: true, limit: 10 }))[0]?.closedAt).toBeNull()
		app.clock.advance({ seconds: 31 * 60 })
		await Promise.all([endQuietAttack(app), endQuietAttack(app)])
		const [ended] = await listAlerts(app, { all: true, limit: 10 })
		expect(ended?.closedAt).toEqual(app.clock.now())
		// whence it came is forgotten
		expect(await app.db.selectFrom('signup_attack_counts').selectAll().execute()).toEqual([])
	})

	it('from very many networks and domains fills no table, and says from how many and where most are', async () => {
		const network = (n: number) => createHash('sha256').update(`network ${n}`).digest('base64url')
		await app.db.transaction().execute(async (tx) => {
			const { id } = await lockAttack(tx, app.clock.now())
			for (let from = 0; from < 24_000; from += 2_000) {
				const names = Array.from({ length: 2_000 }, (_, index) => from + index)
				const domains = new Map(names.map((n) => [`d${n}.example`, 1]))
				await addCounts(tx, id, {
					tries: 2_000,
					caps: new Map([['domain', 2_000]]),
					domains: domains.set('attacked.example', 3),
					networks: new Map(names.map((n) => [network(n), 1])),
				})
			}
			const rows = await tx.selectFrom('signup_attack_counts').select('kind').execute()
			expect(rows.length).toBeLessThanOrEqual(20_001)
			const { tries, domains, networks } = await readCounts(tx, id)
			expect(tries).toBe(24_000)
			expect(domains).toMatchObject({ 'attacked.example': 36 })
			expect(networks).toBeGreaterThan(23_000)
			expect(networks).toBeLessThan(25_000)
			await tx.deleteFrom('signup_attacks').where('id', '=', id).execute()
		})
	})

	it('is one though two processes meet its beginning at the same moment', async () => {
		const watches = [createSignupWatch(app), createSignupWatch(app), createSignupWatch(app)]
		const before = await listAlerts(app, { all: true, limit: 10 })
		for (const watch of watches)
			for (let n = 0; n < 60; n++) watch.note({ cap: 'flood', network: 'elsewhere' })
		await Promise.all(watches.map((watch) => watch.flush()))
		const after = await listAlerts(app, { all: true, limit: 10 })
		expect(after).toHaveLength(before.length + 1)
		expect(after[0]).toMatchObject({ events: 180, networks: 1, closedAt: null })
		app.clock.advance({ seconds: 31 * 60 })
		await endQuietAttack(app)
	})

	it('does not go on for a try now and then, so that the next one is told of', async () => {
		const keepBack = async (tries: number) => {
			for (let n = 0; n < tries; n++) app.signupWatch.note({ cap: 'flood', network: 'elsewhere' })
			await app.signupWatch.flush()
		}
		const alerts = () => listAlerts(app, { all: true, limit: 10 })
		const before = (await alerts()).length
		await keepBack(60)
		// twice the hour that it began in
		for (let tries = 0; tries < 8; tries++) {
			app.clock.advance({ seconds: 15 * 60 })
			await keepBack(1)
		}
		const [ended, ...others] = await alerts()
		expect(others).toHaveLength(before)
		expect(ended && stateOfAttack(ended)).toBe('over')
		await keepBack(60)
		expect(await alerts()).toHaveLength(before + 2)
		// one that does goes on
		for (let tries = 0; tries < 8; tries++) {
			app.clock.advance({ seconds: 15 * 60 })
			await keepBack(20)
		}
		expect(await alerts()).toHaveLength(before + 2)
		expect((await alerts())[0]?.closedAt).toBeNull()
		app.clock.advance({ seconds: 31 * 60 })
		await endQuietAttack(app)
		expect((await alerts())[0]?.closedAt).not.toBeNull()
	})

	it('is none where little is kept back', async () => {
		for (let n = 0; n < 49; n++) app.signupWatch.note({ cap: 'network', network: 'an office' })
		await app.signupWatch.flush()
		app.clock.advance({ seconds: 61 * 60 })
		for (let n = 0; n < 49; n++) app.signupWatch.note({ cap: 'network', network: 'an office' })
		await app.signupWatch.flush()
		expect(await listAlerts(app, { all: false, limit: 10 })).toEqual([])
	})
})
