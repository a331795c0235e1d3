import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { triggerDigest } from '../../../src/digests/index.ts'
import { operator } from '../../../src/kernel/actor.ts'
import { hashAddress } from '../../../src/kernel/keys.ts'
import { createApiKey } from '../../../src/staff/index.ts'
import { decideWhyMissed } from '../../../src/subscriptions/readers/explain-digest.ts'
import { liftSuppression, suppress } from '../../../src/suppressions/index.ts'
import { makeNewsletter, makeStory } from '../../support/make-newsletter.ts'
import { type StaffCalls, staffOf } from '../../support/staff-client.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'
import { receiptsOf, stateOf, subscribeFully, subscriptionOf } from '../people.ts'

let app: TestApp
let staff: StaffCalls
let newsletterId: number
beforeAll(async () => {
	app = await startTestApp()
	staff = await staffOf(app)
	newsletterId = (await makeNewsletter(app, { slug: 'news' })).id
	await makeNewsletter(app, { slug: 'other' })
})
afterAll(() => app?.close())
beforeEach(() => app.db.deleteFrom('audit_entries').execute())

const find = (address: string, exact = true) => staff.call('post', '/readers/find', { address, exact })

async function idOf(address: string): Promise<number> {
	return (await find(address)).body.items[0].id
}

/** A digest of one story, sent to whoever gets it. */
async function sendDigest(): Promise<number> {
	app.clock.advance({ hours: 1 })
	await makeStory(app, newsletterId)
	const triggered = await triggerDigest(app, newsletterId, { by: operator })
	if (triggered.kind !== 'created') throw new Error(triggered.kind)
	await app.drain()
	app.clock.advance({ hours: 1 })
	return triggered.digest.id
}

async function why(address: string, digestId: number) {
	return (await staff.call('get', `/readers/${await idOf(address)}/digests/${digestId}`)).body
}

const audits = async () =>
	(
		await app.db.selectFrom('audit_entries').select(['action', 'subject', 'detail']).orderBy('id').execute()
	).map(({ action, subject, detail }) => [action, subject, detail].filter(Boolean).join(' '))

describe('finding a person', () => {
	it('takes an address or its beginning, whatever its case, and what looks like a pattern as it is', async () => {
		await subscribeFully(app, 'find.me@example.org')
		await subscribeFully(app, 'find_me@example.org', { newsletter: 'other', locale: 'fr' })
		const begins = await find('FIND', false)
		expect(begins.body.items.map(({ address }: { address: string }) => address).sort()).toEqual([
			'find.me@example.org',
			'find_me@example.org',
		])
		const pattern = await find('find_', false)
		expect(pattern.body).toMatchObject({
			items: [
				{
					address: 'find_me@example.org',
					subscriptions: [{ newsletter: 'other', state: 'active', locale: 'fr' }],
				},
			],
			more: false,
		})
		expect((await find('Find.Me@EXAMPLE.org')).body.items).toHaveLength(1)
		expect(pattern.headers['cache-control']).toBe('no-store')
	})

	it('says when there is nobody, and asks for more than two letters', async () => {
		expect((await find('nobody@example.org')).status).toBe(404)
		expect((await find('nobody@', false)).body.items).toEqual([])
		expect((await find('fi', false)).status).toBe(422)
		expect((await find('no address')).status).toBe(422)
	})

	it('needs the permission to see readers, and erasing that to change them', async () => {
		const { key } = await createApiKey(app, { name: 'reads', scopes: ['subscribers.read'] }, operator)
		const call = (path: string) =>
			app.request
				.post(`/api/v1${path}`)
				.set('Authorization', `Bearer ${key}`)
				.send({ address: 'a@b.example' })
		expect((await call('/readers/find')).status).toBe(200)
		expect((await call('/readers/erase')).status).toBe(403)
		const other = await createApiKey(app, { name: 'other', scopes: ['digests.read'] }, operator)
		const refused = app.request.get('/api/v1/readers/1').set('Authorization', `Bearer ${other.key}`)
		expect((await refused).status).toBe(403)
	})
})

describe('a person as staff sees them', () => {
	it('has the whole history in the order of time, and each look is written down without the address', async () => {
		const address = 'history@example.org'
		await subscribeFully(app, address)
		const digestId = await sendDigest()
		const addressHash = hashAddress(app.keys, address)
		await suppress(app.db, { addressHash, reason: 'complaint', evidence: null, at: app.clock.now() })
		const id = await idOf(address)
		const { body, headers } = await staff.call('get', `/readers/${id}`)
		expect(headers['cache-control']).toBe('no-store')
		expect(body).toMatchObject({
			address,
			suppression: { reason: 'complaint' },
			subscriptions: [
				{ newsletter: 'news', state: 'active', choices: { allTopics: true, topics: [], leftOut: [] } },
			],
		})
		const told = body.history.map(({ kind, what }: { kind: string; what: string }) => `${kind} ${what}`)
		// a mail is dated by the database's clock, which is not the test's
		expect(told).toContain('notice accepted')
		const history = body.history.filter(({ kind }: { kind: string }) => kind !== 'notice')
		expect(told.filter((each: string) => each !== 'notice accepted')).toEqual([
			'consent requested',
			'consent confirmed',
			'digest accepted',
			'suppression suppressed',
		])
		expect(history[2]).toMatchObject({ digestId, detail: expect.stringContaining('250 2.0.0') })
		expect(history[1]).toMatchObject({ wordingVersion: 1, wording: expect.any(String) })

		const exported = await staff.call('get', `/readers/${id}/export`)
		expect(exported.body).toEqual(body)
		expect(exported.headers['content-disposition']).toContain(`reader-${id}.json`)
		expect(await audits()).toEqual([
			`send digest:${digestId}`,
			'find subscribers',
			`show subscriber:${id}`,
			`export subscriber:${id}`,
		])
		expect((await staff.call('get', '/readers/999999')).status).toBe(404)
		await liftSuppression(app.db, { addressHash, at: app.clock.now() })
	})

	it('is unsubscribed from one newsletter or from all, each with a receipt, once', async () => {
		const address = 'leaves@example.org'
		for (const newsletter of ['news', 'other']) await subscribeFully(app, address, { newsletter })
		const path = `/readers/${await idOf(address)}/unsubscribe`
		expect((await staff.call('post', path, { newsletter: 'other' })).body).toEqual({ left: ['other'] })
		expect([await stateOf(app, address), await stateOf(app, address, 'other')]).toEqual([
			'active',
			'unsubscribed',
		])
		expect((await staff.call('post', path)).body).toEqual({ left: ['news'] })
		expect((await staff.call('post', path)).body).toEqual({ left: [] })
		const { id } = await subscriptionOf(app, address)
		expect((await receiptsOf(app, id)).at(-1)).toMatchObject({
			action: 'unsubscribed',
			page: 'staff (key:1)',
		})
		expect((await audits()).filter((entry) => entry.startsWith('unsubscribe'))).toHaveLength(2)
	})
})

describe('why a person did not get a digest', () => {
	it('is told for each, by how things stood when it was planned', async () => {
		await subscribeFully(app, 'got@example.org')
		await subscribeFully(app, 'left@example.org')
		await subscribeFully(app, 'barred@example.org')
		await subscribeFully(app, 'elsewhere@example.org', { newsletter: 'other' })
		const left = `/readers/${await idOf('left@example.org')}/unsubscribe`
		await staff.call('post', left)
		const addressHash = hashAddress(app.keys, 'barred@example.org')
		await suppress(app.db, { addressHash, reason: 'staff', evidence: null, at: app.clock.now() })
		const digestId = await sendDigest()
		await subscribeFully(app, 'late@example.org')
		await liftSuppression(app.db, { addressHash, at: app.clock.now() })

		expect(await why('got@example.org', digestId)).toMatchObject({
			planned: true,
			newsletter: 'news',
			state: 'accepted',
			reply: expect.stringContaining('250'),
			reason: null,
		})
		const reasons = {
			'left@example.org': 'unsubscribed',
			'barred@example.org': 'suppressed',
			'late@example.org': 'joined_later',
			'elsewhere@example.org': 'not_subscribed',
		}
		for (const [address, reason] of Object.entries(reasons)) {
			expect([address, await why(address, digestId)]).toMatchObject([address, { planned: false, reason }])
		}
		const nowhere = await staff.call('get', `/readers/${await idOf('got@example.org')}/digests/999999`)
		expect(nowhere.status).toBe(404)
	})

	it('names the first of the reasons that hold', () => {
		const at = (hour: number) => new Date(Date.UTC(2025, 0, 1, hour))
		const usual = {
			plannedAt: at(2),
			forgotten: false,
			joinedAt: at(1),
			standing: 'confirmed',
			stateNow: 'active',
			suppression: null,
			paused: false,
			nothingForChoices: false,
			choicesChanged: false,
			otherRhythm: false,
		} as const
		expect(decideWhyMissed(usual)).toBe('unknown')
		expect(decideWhyMissed({ ...usual, plannedAt: null })).toBe('not_planned_yet')
		expect(decideWhyMissed({ ...usual, standing: null, stateNow: 'pending' })).toBe('pending')
		expect(decideWhyMissed({ ...usual, nothingForChoices: true })).toBe('nothing_for_choices')
		expect(decideWhyMissed({ ...usual, otherRhythm: true, nothingForChoices: true })).toBe('other_rhythm')
		expect(decideWhyMissed({ ...usual, choicesChanged: true })).toBe('choices_changed')
		expect(decideWhyMissed({ ...usual, paused: true, nothingForChoices: true })).toBe('paused')
		expect(decideWhyMissed({ ...usual, forgotten: true, paused: true })).toBe('forgotten')
		expect(decideWhyMissed({ ...usual, standing: 'unsubscribed', stateNow: 'active' })).toBe('unsubscribed')
	})
})
