import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deriveKeys, hashAddress, signToken } from '../../src/kernel/keys.ts'
import {
	countLeftFromDigests,
	giveLeavingReason,
	resubscribe,
	unsubscribe,
	unsubscribeUrl,
	viewLeaving,
} from '../../src/subscriptions/index.ts'
import { makeNewsletter } from '../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'
import { receiptsOf, stateOf, subscribeFully, subscriptionOf, tally } from './people.ts'

let app: TestApp

beforeAll(async () => {
	app = await startTestApp()
	await makeNewsletter(app, { slug: 'news' })
	await makeNewsletter(app, { slug: 'other' })
})
afterAll(() => app.close())

/** A subscriber and the token in a mail to them. */
async function reader(
	email: string,
	digestId = 0,
	newsletter = 'news',
): Promise<{ id: number; token: string }> {
	await subscribeFully(app, email, { newsletter })
	const { id } = await subscriptionOf(app, email, newsletter)
	return { id, token: unsubscribeUrl(app, { subscriptionId: id, digestId }).split('/').at(-1) ?? '' }
}
const leave = (token: string, deps: Parameters<typeof unsubscribe>[0] = app) =>
	unsubscribe(deps, { token, page: 'one-click', ip: '192.0.2.1' })
const undo = (token: string) => resubscribe(app, { token, page: 'undo', ip: '192.0.2.1' })

describe('an unsubscribe link', () => {
	it('ends the subscription at once, with a receipt that names the digest', async () => {
		const { id, token } = await reader('ada@example.org', 12)
		expect(await leave(token)).toMatchObject({ left: true, canUndo: true, maskedAddress: 'a•••@example.org' })
		expect(await stateOf(app, 'ada@example.org')).toBe('unsubscribed')
		expect((await receiptsOf(app, id)).at(-1)).toMatchObject({
			action: 'unsubscribed',
			page: 'one-click (digest 12)',
			ip: null,
		})
	})

	it('changes nothing when it is looked at (U7, promise 2)', async () => {
		const { token } = await reader('looked@example.org')
		const before = await tally(app)
		expect(await viewLeaving(app, { token })).toMatchObject({ left: false })
		expect(await tally(app)).toEqual(before)
	})

	it('is answered alike the second time and makes no new state, at the same moment too (U9)', async () => {
		const { id, token } = await reader('twice@example.org')
		const answers = await Promise.all([leave(token), leave(token), leave(token)])
		expect(answers.map((answer) => typeof answer === 'object' && answer.left)).toEqual([true, true, true])
		const after = await tally(app)
		app.clock.advance({ hours: 1 })
		expect(await leave(token)).toMatchObject({ left: true })
		expect(await tally(app)).toEqual(after)
		expect(await receiptsOf(app, id)).toHaveLength(3)
	})

	it('ends that newsletter only (U12)', async () => {
		const { token } = await reader('both@example.org')
		await reader('both@example.org', 0, 'other')
		await leave(token)
		expect(await stateOf(app, 'both@example.org')).toBe('unsubscribed')
		expect(await stateOf(app, 'both@example.org', 'other')).toBe('active')
	})

	it('changes nothing where it is forged, altered, of another purpose or another installation (U8)', async () => {
		const { id, token } = await reader('forged@example.org')
		const stranger = deriveKeys('another secret, 32 characters or more')
		const [key, , ...rest] = token.split('.')
		const wrong = [
			`${token}x`,
			token.slice(0, -1),
			[key, (id + 1).toString(36), ...rest].join('.'),
			signToken(stranger, 'unsubscribe', [id, 0]),
			signToken(app.keys, 'return-path', [id, 0]),
			signToken(app.keys, 'form-started', [id, 0]),
			'',
			'...',
			'x'.repeat(5_000),
		]
		const before = await tally(app)
		for (const forged of wrong) {
			expect(await leave(forged), forged).toBe('forged')
			expect(await undo(forged), forged).toBe('forged')
			expect(await viewLeaving(app, { token: forged }), forged).toBe('forged')
			const said = await giveLeavingReason(app, { token: forged, reason: 'other', comment: '' })
			expect(said, forged).toBe(false)
		}
		expect(await tally(app)).toEqual(before)
	})

	it('is unforgeable for lack of the key, and has at least 128 bits of it (T1)', async () => {
		const { token } = await reader('bits@example.org')
		expect(Buffer.from(token.split('.').at(-1) ?? '', 'base64url').length * 8).toBeGreaterThanOrEqual(128)
	})

	it('still works a year later and after two rotations of the signing key (U10)', async () => {
		const { token } = await reader('rotated@example.org')
		const original = app.keys.signing[0]
		if (!original) throw new Error('no signing key')
		const rotated = deriveKeys('x'.repeat(32), [
			{ id: 'new2', secret: 'c'.repeat(32) },
			{ id: 'new1', secret: 'b'.repeat(32) },
		])
		const keys = { ...app.keys, signing: [...rotated.signing, original] }
		app.clock.advance({ days: 365 })
		expect(unsubscribeUrl({ ...app, keys }, { subscriptionId: 1, digestId: 0 })).toContain(
			'/unsubscribe/new2.',
		)
		expect(await leave(token, { ...app, keys })).toMatchObject({ left: true })
		expect(await stateOf(app, 'rotated@example.org')).toBe('unsubscribed')
	})

	it('of a subscription that is gone says that there is nothing left to end', async () => {
		const token = signToken(app.keys, 'unsubscribe', [987_654, 0])
		expect(await leave(token)).toBe('erased')
		expect(await viewLeaving(app, { token })).toBe('erased')
	})

	it('does not show the address to whoever a mail was forwarded to', async () => {
		const { token } = await reader('private@example.org')
		expect(JSON.stringify(await viewLeaving(app, { token }))).not.toContain('private@')
	})
})

describe('taking it back', () => {
	it('makes the subscription active again, with a receipt, and forgets the reason', async () => {
		const { id, token } = await reader('undo@example.org')
		await leave(token)
		await giveLeavingReason(app, { token, reason: 'too_many', comment: '' })
		expect(await undo(token)).toMatchObject({ left: false })
		expect(await subscriptionOf(app, 'undo@example.org')).toMatchObject({
			state: 'active',
			unsubscribed_at: null,
			unsubscribe_reason: null,
		})
		expect((await receiptsOf(app, id)).map(({ action }) => action)).toEqual([
			'requested',
			'confirmed',
			'unsubscribed',
			'resubscribed',
		])
		expect(await undo(token)).toMatchObject({ left: false })
		expect(await receiptsOf(app, id)).toHaveLength(4)
	})

	it('ends after seven days: an old or forwarded mail brings nobody back (promise 4)', async () => {
		const { token } = await reader('stays-out@example.org')
		await leave(token)
		app.clock.advance({ days: 7, seconds: 1 })
		expect(await viewLeaving(app, { token })).toMatchObject({ left: true, canUndo: false })
		expect(await undo(token)).toMatchObject({ left: true })
		expect(await stateOf(app, 'stays-out@example.org')).toBe('unsubscribed')
	})
})

describe('saying why', () => {
	it('is kept with the subscription, the last answer counting', async () => {
		const { token } = await reader('why@example.org')
		await leave(token)
		await giveLeavingReason(app, { token, reason: 'other', comment: ' Une\r\nraison\u0000 ' })
		expect(await subscriptionOf(app, 'why@example.org')).toMatchObject({
			unsubscribe_reason: 'other',
			unsubscribe_comment: 'Une\nraison',
		})
		await giveLeavingReason(app, { token, reason: 'too_many', comment: '' })
		expect(await subscriptionOf(app, 'why@example.org')).toMatchObject({
			unsubscribe_reason: 'too_many',
			unsubscribe_comment: null,
		})
	})

	it('takes 500 characters, line breaks counting once, and known reasons only', async () => {
		const { token } = await reader('length@example.org')
		await leave(token)
		const say = (reason: string, comment: string) => giveLeavingReason(app, { token, reason, comment })
		expect(await say('other', `${'é'.repeat(249)}\r\n${'😀'.repeat(250)}`)).toBe(true)
		await expect(say('other', 'x'.repeat(501))).rejects.toMatchObject({ code: 'invalid' })
		await expect(say('because', '')).rejects.toMatchObject({ fields: [{ field: 'reason' }] })
		await expect(say('', '')).rejects.toMatchObject({ code: 'invalid' })
	})

	it('is for people who have left', async () => {
		const { token } = await reader('stays@example.org')
		expect(await giveLeavingReason(app, { token, reason: 'other', comment: 'x' })).toBe(false)
		expect(await subscriptionOf(app, 'stays@example.org')).toMatchObject({ unsubscribe_reason: null })
	})
})

describe('the hash of an address', () => {
	it('does not change with the signing keys, so that suppressions outlive their rotation', () => {
		const rotated = deriveKeys('a'.repeat(32), [{ id: 'new', secret: 'b'.repeat(32) }])
		expect(hashAddress(rotated, 'a@example.org')).toBe(
			hashAddress(deriveKeys('a'.repeat(32)), 'a@example.org'),
		)
	})
})

it('Who left is counted by the digest, the way and the reason, without those who came back', async () => {
	const gone = await reader('counted@example.org', 70)
	const back = await reader('back@example.org', 70)
	const again = await reader('again@example.org', 70)
	const elsewhere = await reader('elsewhere@example.org', 71)
	for (const { token } of [gone, back, again, elsewhere]) await leave(token)
	await giveLeavingReason(app, { token: gone.token, reason: 'too_many', comment: '' })
	for (const { token } of [back, again]) await undo(token)
	// who comes back and leaves once more left from the later digest alone
	const later = unsubscribeUrl(app, { subscriptionId: again.id, digestId: 72 }).split('/').at(-1) ?? ''
	await unsubscribe(app, { token: later, page: 'leaving page', ip: '192.0.2.1' })
	const counts = await countLeftFromDigests(app, [70, 71, 72, 73])
	expect(counts.toSorted((a, b) => a.digestId - b.digestId)).toEqual([
		{ digestId: 70, way: 'left_one_click', reason: 'too_many', count: 1 },
		{ digestId: 71, way: 'left_one_click', reason: null, count: 1 },
		{ digestId: 72, way: 'left_page', reason: null, count: 1 },
	])
	expect(await countLeftFromDigests(app, [])).toEqual([])
})
