import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hashAddress } from '../../src/kernel/keys.ts'
import {
	pruneUnconfirmed,
	recordSignups,
	resendConfirmation,
	subscribe,
} from '../../src/subscriptions/index.ts'
import { makeNewsletter } from '../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'
import { confirmPath, signUp, stateOf, subscribeFully } from './people.ts'

let app: TestApp

beforeAll(async () => {
	app = await startTestApp({ config: { unconfirmedDays: 30 } })
	await makeNewsletter(app, { slug: 'news' })
})
afterAll(() => app.close())

const addresses = async () =>
	(await app.db.selectFrom('subscribers').select('comparable_address').execute()).map(
		(row) => row.comparable_address,
	)

describe('pruning', () => {
	it('forgets sign-ups that nobody confirmed, and their addresses, and keeps everybody else', async () => {
		await signUp(app, 'never@example.org')
		await signUp(app, 'asked-again@example.org')
		await subscribeFully(app, 'active@example.org')
		await app.drain()
		app.clock.advance({ days: 20 })
		await signUp(app, 'asked-again@example.org')
		await app.drain()
		app.clock.advance({ days: 11 })

		await pruneUnconfirmed(app)
		expect((await addresses()).sort()).toEqual(['active@example.org', 'asked-again@example.org'])
		expect(await stateOf(app, 'asked-again@example.org')).toBe('pending')
		expect(await app.db.selectFrom('consent_receipts').selectAll().execute()).toHaveLength(5)
	})

	it('leaves nothing of the person in the receipts of a forgotten sign-up', async () => {
		const app2 = await startTestApp({ config: { unconfirmedDays: 30, recordIp: true } })
		await makeNewsletter(app2, { slug: 'news' })
		for (const address of ['gone@example.org', 'gone@example.org']) await signUp(app2, address)
		await app2.drain()
		const receipts = () => app2.db.selectFrom('consent_receipts').selectAll().orderBy('id').execute()
		const before = await receipts()
		expect(before.map(({ ip }) => ip)).toEqual([expect.any(String), expect.any(String)])
		app2.clock.advance({ days: 31 })
		await pruneUnconfirmed(app2)
		const { id: newsletterId } = await app2.db
			.selectFrom('newsletters')
			.select('id')
			.executeTakeFirstOrThrow()
		expect(await receipts()).toEqual(
			before.map((receipt) => ({
				...receipt,
				subscription_id: null,
				newsletter_id: newsletterId,
				address_hash: hashAddress(app2.keys, 'gone@example.org'),
				ip: null,
			})),
		)
		await app2.close()
	})

	it('keeps an expired link long enough to say so, then forgets it', async () => {
		const app2 = await startTestApp({ config: { unconfirmedDays: 30, confirmHours: 24 } })
		await makeNewsletter(app2, { slug: 'news' })
		await subscribeFully(app2, 'link@example.org')
		const path = await confirmPath(app2, 'link@example.org')
		await signUp(app2, 'link@example.org')
		await app2.drain()
		app2.clock.advance({ days: 30 })
		await pruneUnconfirmed(app2)
		await app2.request.get(path).expect(200)
		app2.clock.advance({ days: 2 })
		await pruneUnconfirmed(app2)
		await app2.request.get(path).expect(404)
		await app2.close()
	})

	it('meets somebody who asks for a new link at the same moment: they get one, or are told that it is unknown', async () => {
		for (let round = 0; round < 10; round++) {
			const address = `late${round}@example.org`
			await signUp(app, address)
			await app.drain()
			const token = (await confirmPath(app, address)).replace('/confirm/', '')
			app.clock.advance({ days: 31 })
			const [resent] = await Promise.all([
				resendConfirmation(app, { token, ip: '192.0.2.1' }),
				pruneUnconfirmed(app),
			])
			expect(await stateOf(app, address)).toBe(resent ? 'pending' : undefined)
			await app.drain()
		}
	})

	it('leaves an address that is signed up at the same moment', async () => {
		const newsletter = await makeNewsletter(app, { slug: 'other' })
		for (let round = 0; round < 5; round++) {
			const names = Array.from({ length: 800 }, (_, index) => `unused${round}-${index}`)
			const row = (name: string) => ({
				local_part: name,
				domain: 'example.org',
				comparable_address: `${name}@example.org`,
				address_hash: hashAddress(app.keys, `${name}@example.org`),
			})
			await app.db.insertInto('subscribers').values(names.map(row)).execute()
			const came = { source: 'page' as const }
			const wish = { newsletter, locale: 'en', page: 'p', came, ip: '192.0.2.1' }
			const again = names.slice(-40).map((name) => `${name}@example.org`)
			for (const email of again) await subscribe(app, { ...wish, email })
			await Promise.all([recordSignups(app), ...Array.from({ length: 5 }, () => pruneUnconfirmed(app))])
			expect(await addresses()).toEqual(expect.arrayContaining(again))
		}
	})

	it('lets the address of a forgotten sign-up begin anew', async () => {
		await subscribeFully(app, 'never@example.org')
		expect(await stateOf(app, 'never@example.org')).toBe('active')
	})
})
