import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { operator } from '../../src/kernel/actor.ts'
import { hashAddress, signToken } from '../../src/kernel/keys.ts'
import { confirmSubscription, resendConfirmation, viewConfirmation } from '../../src/subscriptions/index.ts'
import { findSuppression, suppress, suppressByStaff } from '../../src/suppressions/index.ts'
import { makeNewsletter } from '../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'
import { confirmPath, receiptsOf, signUp, stateOf, subscriptionOf, tally } from './people.ts'

let app: TestApp

beforeAll(async () => {
	app = await startTestApp({ config: { confirmHours: 48 } })
	await makeNewsletter(app, { slug: 'news' })
})
afterEach(() => app.drain())
afterAll(() => app.close())

const tokenFor = async (email: string, locale?: string) => {
	await signUp(app, email, { locale })
	await app.drain()
	return (await confirmPath(app, email)).replace('/confirm/', '')
}
const confirm = (token: string) => confirmSubscription(app, { token, page: 'p', ip: '192.0.2.1' })
const view = (token: string) => viewConfirmation(app, { token, proofs: () => undefined })

describe('a confirmation link', () => {
	it('confirms, with a receipt of the wording, in the language of the sign-up', async () => {
		const token = await tokenFor('ada@example.org', 'fr')
		expect(await confirm(token)).toMatchObject({ standing: 'confirmed', confirmedNow: true, locale: 'fr' })
		const subscription = await subscriptionOf(app, 'ada@example.org')
		expect(subscription).toMatchObject({ state: 'active', locale: 'fr', confirmed_at: app.clock.now() })
		const receipts = await receiptsOf(app, subscription.id)
		expect(receipts.map(({ action }) => action)).toEqual(['requested', 'confirmed'])
		expect(receipts[1]?.wording).toContain('Nouvelles du monde')
	})

	it('changes nothing when it is looked at, however often (P1, P2)', async () => {
		const token = await tokenFor('looked@example.org')
		const before = await tally(app)
		for (let times = 0; times < 3; times++) expect(await view(token)).toMatchObject({ standing: 'open' })
		expect(await tally(app)).toEqual(before)
	})

	it('works once, and finds a person who presses again confirmed, at the same moment too', async () => {
		const token = await tokenFor('again@example.org')
		const answers = await Promise.all([confirm(token), confirm(token), confirm(token)])
		expect(answers.map((answer) => answer?.standing)).toEqual(['confirmed', 'confirmed', 'confirmed'])
		expect(answers.filter((answer) => answer?.confirmedNow)).toHaveLength(1)
		const { id } = await subscriptionOf(app, 'again@example.org')
		expect(await receiptsOf(app, id)).toHaveLength(2)
	})

	it('expires, and a new one can be had with it', async () => {
		const token = await tokenFor('late@example.org')
		app.clock.advance({ hours: 48, seconds: 1 })
		expect(await view(token)).toMatchObject({ standing: 'expired' })
		expect(await confirm(token)).toMatchObject({ standing: 'expired', confirmedNow: false })
		expect(await stateOf(app, 'late@example.org')).toBe('pending')

		await resendConfirmation(app, { token, ip: '192.0.2.1' })
		await app.drain()
		const newer = (await confirmPath(app, 'late@example.org')).replace('/confirm/', '')
		expect(await confirm(newer)).toMatchObject({ standing: 'confirmed' })
		expect(await view(token)).toMatchObject({ standing: 'confirmed' })
	})

	it('that nobody was sent, or was altered, or is for another purpose, leads nowhere (T1)', async () => {
		const token = await tokenFor('altered@example.org')
		const { id } = await subscriptionOf(app, 'altered@example.org')
		const forged = [
			`${token}x`,
			token.slice(1),
			token.toLowerCase(),
			'',
			'.',
			signToken(app.keys, 'unsubscribe', [id, 0]),
		]
		for (const wrong of forged) {
			expect(await confirm(wrong), wrong).toBeUndefined()
			expect(await view(wrong), wrong).toBeUndefined()
		}
		expect(await stateOf(app, 'altered@example.org')).toBe('pending')
	})

	it('does not bring back somebody who has left since', async () => {
		const used = await tokenFor('left@example.org')
		const unused = await tokenFor('left@example.org')
		await confirm(used)
		const { id } = await subscriptionOf(app, 'left@example.org')
		await app.request.post(`/unsubscribe/${signToken(app.keys, 'unsubscribe', [id, 0])}`).expect(200)
		expect(await confirm(used)).toMatchObject({ standing: 'spent' })
		expect(await confirm(unused)).toMatchObject({ standing: 'expired' })
		expect(await stateOf(app, 'left@example.org')).toBe('unsubscribed')

		expect(await confirm(await tokenFor('left@example.org'))).toMatchObject({ standing: 'confirmed' })
		expect(await stateOf(app, 'left@example.org')).toBe('active')
	})

	it('opens nothing for a person who asked never to be mailed', async () => {
		const token = await tokenFor('barred@example.org')
		const addressHash = hashAddress(app.keys, 'barred@example.org')
		await suppress(app.db, { addressHash, reason: 'complaint', evidence: null, at: app.clock.now() })
		expect(await confirm(token)).toMatchObject({ standing: 'barred', confirmedNow: false })
		expect(await stateOf(app, 'barred@example.org')).toBe('pending')
	})

	it('does not take back what staff says of the address at the same moment', async () => {
		for (let round = 0; round < 20; round++) {
			const address = `moment${round}@example.org`
			const token = await tokenFor(address)
			const addressHash = hashAddress(app.keys, address)
			await suppress(app.db, { addressHash, reason: 'dead_address', evidence: null, at: app.clock.now() })
			const staff = async () => {
				// each time a statement or two further into the confirming
				for (let turns = 0; turns < round % 10; turns++) await findSuppression(app.db, addressHash)
				await suppressByStaff(app, { address, note: '' }, operator)
			}
			await Promise.all([confirm(token), staff()])
			expect(await findSuppression(app.db, addressHash)).toMatchObject({ reason: 'staff' })
		}
	})

	it('shows whose it is without telling the address', async () => {
		const token = await tokenFor('wanda@example.org')
		expect((await view(token))?.maskedAddress).toBe('w•••@example.org')
		const short = await tokenFor('w@example.org')
		expect((await view(short))?.maskedAddress).toBe('•••@example.org')
	})
})

describe('the browser that signed up', () => {
	it('is known by its proof for two hours, for that newsletter and address only', async () => {
		const answer = await signUp(app, 'mine@example.org')
		await app.drain()
		const token = (await confirmPath(app, 'mine@example.org')).replace('/confirm/', '')
		const proof = /signup_news=([^;]+)/.exec(String(answer.headers['set-cookie']))?.[1]
		const foreign = /signup_news=([^;]+)/.exec(
			String((await signUp(app, 'other@example.org')).headers['set-cookie']),
		)?.[1]
		const isSame = async (given: string | undefined) =>
			(await viewConfirmation(app, { token, proofs: () => given }))?.sameBrowser
		expect(await isSame(proof)).toBe(true)
		expect(await isSame(foreign)).toBe(false)
		expect(await isSame(`${proof}x`)).toBe(false)
		expect(await isSame(undefined)).toBe(false)
		app.clock.advance({ hours: 2, seconds: 1 })
		expect(await isSame(proof)).toBe(false)
	})
})

describe('a request for a new link', () => {
	it('is refused where it is a flood, like sign-ups (T3)', async () => {
		const token = await tokenFor('resend@example.org')
		const strict = { ...app, config: { ...app.config, signupsPerIpAndHour: 1 } }
		for (let n = 1; n <= 10; n++) await resendConfirmation(strict, { token, ip: '192.0.2.1' })
		await expect(resendConfirmation(strict, { token, ip: '192.0.2.1' })).rejects.toMatchObject({
			code: 'limited',
		})
		expect(await resendConfirmation(app, { token: 'nonsense', ip: '192.0.2.1' })).toBeUndefined()
	})
})
