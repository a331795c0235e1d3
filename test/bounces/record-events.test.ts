import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type ReportedEvent, recordEvents } from '../../src/bounces/index.ts'
import { envelopeIdOf, messageIdOf, returnPathOf } from '../../src/deliveries/delivery-tokens.ts'
import { planDigest } from '../../src/deliveries/index.ts'
import { digestProgress, triggerDigest } from '../../src/digests/index.ts'
import { operator } from '../../src/kernel/actor.ts'
import type { DeliveryState } from '../../src/kernel/enumerations.ts'
import { deriveKeys, hashAddress } from '../../src/kernel/keys.ts'
import { resubscribe, unsubscribeAddress, unsubscribeUrl } from '../../src/subscriptions/index.ts'
import { findSuppression, liftSuppression } from '../../src/suppressions/index.ts'
import { makeNewsletter, makeReader, makeStory } from '../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'

const domain = 'bounces.example.org'
let app: TestApp
let newsletterId: number
beforeAll(async () => {
	app = await startTestApp({ workers: false })
})
afterAll(() => app.close())
beforeEach(async () => {
	newsletterId = (await makeNewsletter(app)).id
})

let made = 0
async function reader(): Promise<{ address: string; subscriptionId: number }> {
	made += 1
	const address = `person${made}@readers.example`
	return { address, subscriptionId: await makeReader(app, newsletterId, { address }) }
}

/** A digest that the relay has taken for all of its readers. */
async function accepted(state: DeliveryState = 'accepted'): Promise<number> {
	await makeStory(app, newsletterId)
	const triggered = await triggerDigest(app, newsletterId, { by: operator })
	if (triggered.kind !== 'created') throw new Error(triggered.kind)
	const digestId = triggered.digest.id
	await planDigest(app, digestId)
	await sql`update deliveries set state = ${state}::delivery_state, attempts = 1, changed_at = ${app.clock.now()}
		where digest_id = ${digestId}`.execute(app.db)
	return digestId
}

function bounce(changes: Partial<ReportedEvent> = {}): ReportedEvent {
	made += 1
	return {
		via: 'inbound',
		externalId: `test:${made}`,
		kind: 'bounce',
		class: 'address',
		hard: true,
		status: '5.1.1',
		reply: '550',
		diagnostic: 'smtp; 550 5.1.1 <someone@readers.example>: no such user',
		identifiers: {},
		occurredAt: app.clock.now(),
		...changes,
	}
}

function complaint(identifiers: ReportedEvent['identifiers']): ReportedEvent {
	return bounce({ kind: 'complaint', class: 'complaint', hard: false, identifiers })
}

async function subscriptionState(id: number): Promise<string> {
	const row = await app.db
		.selectFrom('subscriptions')
		.select('state')
		.where('id', '=', id)
		.executeTakeFirstOrThrow()
	return row.state
}

const record = async (...events: ReportedEvent[]) => recordEvents(app, events)
const suppressionOf = (address: string) => findSuppression(app.db, hashAddress(app.keys, address))

async function rowOf(event: ReportedEvent) {
	return app.db
		.selectFrom('bounce_events')
		.selectAll()
		.where('external_id', '=', event.externalId)
		.executeTakeFirstOrThrow()
}

async function stateOf(digestId: number, subscriptionId: number): Promise<string | undefined> {
	const row = await app.db
		.selectFrom('deliveries')
		.select('state')
		.where('digest_id', '=', digestId)
		.where('subscription_id', '=', subscriptionId)
		.executeTakeFirst()
	return row?.state
}

describe('an event that a signed token proves', () => {
	it('suppresses a dead address, marks the delivery and keeps no address (S5, S6)', async () => {
		const { address, subscriptionId } = await reader()
		const other = await reader()
		const digestId = await accepted()
		const event = bounce({
			identifiers: { returnPath: returnPathOf(app.keys, { digestId, subscriptionId }, domain) },
			address,
		})
		expect(await record(event)).toEqual([
			{ externalId: event.externalId, kind: 'recorded', effect: 'suppressed' },
		])
		expect(await suppressionOf(address)).toMatchObject({ reason: 'dead_address' })
		expect(await suppressionOf(other.address)).toBeUndefined()
		expect(await stateOf(digestId, subscriptionId)).toBe('bounced')
		expect(await digestProgress(app, digestId)).toMatchObject({ accepted: 1, bounced: 1, balanced: true })
		const row = await rowOf(event)
		expect(row).toMatchObject({ matched_by: 'return_path', domain: 'readers.example', effect: 'suppressed' })
		expect(row.diagnostic).toBe('smtp; 550 5.1.1 <<>>: no such user')
		expect(JSON.stringify(row)).not.toContain(address)
	})

	it('is found by any of the tokens, whatever mail systems made of them (S5, S11, S13)', async () => {
		const digestId = await (async () => {
			await reader()
			return accepted()
		})()
		const { keys } = app
		const variants: Array<[string, (key: { digestId: number; subscriptionId: number }) => ReportedEvent]> = [
			['return_path', (key) => bounce({ identifiers: { returnPath: returnPathOf(keys, key, domain) } })],
			[
				'return_path',
				(key) => bounce({ identifiers: { returnPath: returnPathOf(keys, key, domain).toUpperCase() } }),
			],
			[
				'return_path',
				(key) =>
					bounce({ identifiers: { returnPath: `<prvs=0123456789=${returnPathOf(keys, key, domain)}>` } }),
			],
			[
				'return_path',
				(key) =>
					bounce({
						identifiers: {
							returnPath: `SRS0=aB3=XY=${domain}=${returnPathOf(keys, key, 'forwarder.example')}`,
						},
					}),
			],
			['envelope_id', (key) => bounce({ identifiers: { envelopeId: envelopeIdOf(keys, key) } })],
			['message_id', (key) => bounce({ identifiers: { messageId: messageIdOf(keys, key, 'example.org') } })],
			[
				'message_id',
				(key) =>
					bounce({ identifiers: { messageId: ['x@y', messageIdOf(keys, key, 'example.org').slice(1, -1)] } }),
			],
			[
				'returned_path',
				(key) => bounce({ identifiers: { returnedPath: `<${returnPathOf(keys, key, domain)}>` } }),
			],
		]
		for (const [proof, make] of variants) {
			const { address, subscriptionId } = await reader()
			const event = make({ digestId, subscriptionId })
			await record(event)
			expect(await rowOf(event), proof).toMatchObject({
				matched_by: proof,
				digest_id: digestId,
				subscription_id: subscriptionId,
			})
			expect(await suppressionOf(address), proof).toBeDefined()
		}
	})

	it('acts on the subscriber of the token, not on whom a forwarder names', async () => {
		const { address, subscriptionId } = await reader()
		const bystander = await reader()
		const digestId = await accepted()
		await record(
			bounce({
				identifiers: {
					returnPath: returnPathOf(app.keys, { digestId, subscriptionId }, domain),
					finalRecipient: bystander.address,
				},
				address: bystander.address,
			}),
		)
		expect(await suppressionOf(address)).toBeDefined()
		expect(await suppressionOf(bystander.address)).toBeUndefined()
	})

	it('is recorded once, however often and along whatever others it comes', async () => {
		const { subscriptionId } = await reader()
		const digestId = await accepted()
		const identifiers = { returnPath: returnPathOf(app.keys, { digestId, subscriptionId }, domain) }
		const event = bounce({ identifiers, raw: 'the report' })
		const results = await Promise.all([record(event), record(event), record(event, event)])
		const kinds = results.flat().map(({ kind }) => kind)
		expect(kinds.sort()).toEqual(['known', 'known', 'known', 'recorded'])
		const reports = await app.db.selectFrom('bounce_reports').select('raw').execute()
		expect(reports.filter(({ raw }) => Buffer.from(raw).toString() === 'the report')).toHaveLength(1)
	})

	it('costs nobody anything where the refusal is our own fault (S8)', async () => {
		const { address, subscriptionId } = await reader()
		const digestId = await accepted()
		for (const meant of ['content', 'policy', 'sender', 'unknown'] as const) {
			const identifiers = { returnPath: returnPathOf(app.keys, { digestId, subscriptionId }, domain) }
			const [result] = await record(bounce({ class: meant, hard: false, status: '5.7.1', identifiers }))
			expect(result).toMatchObject({ kind: 'recorded', effect: 'none' })
		}
		expect(await suppressionOf(address)).toBeUndefined()
		expect(await stateOf(digestId, subscriptionId)).toBe('bounced')
	})

	it('suppresses and unsubscribes who complains, with a receipt (S11)', async () => {
		const { address, subscriptionId } = await reader()
		const digestId = await accepted()
		const complaint = bounce({
			kind: 'complaint',
			class: 'complaint',
			hard: false,
			identifiers: { returnPath: returnPathOf(app.keys, { subscriptionId, digestId }, domain) },
		})
		expect(await record(complaint)).toMatchObject([{ kind: 'recorded', effect: 'unsubscribed' }])
		expect(await suppressionOf(address)).toMatchObject({ reason: 'complaint' })
		expect(await stateOf(digestId, subscriptionId)).toBe('complained')
		const subscription = await app.db
			.selectFrom('subscriptions')
			.select('state')
			.where('id', '=', subscriptionId)
			.executeTakeFirstOrThrow()
		expect(subscription.state).toBe('unsubscribed')
		const receipt = await app.db
			.selectFrom('consent_receipts')
			.select(['action', 'page'])
			.where('subscription_id', '=', subscriptionId)
			.executeTakeFirstOrThrow()
		expect(receipt).toEqual({ action: 'unsubscribed', page: `complaint (digest ${digestId})` })
	})

	it('that is a mere link ends that list, as the link does and as easily taken back, and bars nobody', async () => {
		const { keys } = app
		const elsewhere = (await makeNewsletter(app)).id
		const linkProofs: Array<(key: { digestId: number; subscriptionId: number }) => ReportedEvent> = [
			(key) => bounce({ identifiers: { unsubscribeUrl: unsubscribeUrl(app, key) } }),
			(key) =>
				bounce({
					identifiers: { unsubscribeUrl: `mailto:${unsubscribeAddress(keys, key, domain)}?subject=out` },
				}),
			(key) => complaint({ unsubscribeUrl: unsubscribeUrl(app, key) }),
			(key) => ({
				...complaint({ unsubscribeUrl: unsubscribeUrl(app, key) }),
				via: 'webhook:generic' as const,
				vouched: true,
			}),
			// what stands in the header of the reader's copy
			(key) => complaint({ messageId: messageIdOf(keys, key, 'example.org') }),
			(key) => complaint({ returnedPath: returnPathOf(keys, key, domain) }),
		]
		for (const make of linkProofs) {
			const { address, subscriptionId } = await reader()
			const other = await makeReader(app, elsewhere, { address })
			const digestId = await accepted()
			const event = make({ digestId, subscriptionId })
			expect(await record(event)).toMatchObject([{ kind: 'recorded', effect: 'unsubscribed' }])
			expect(await suppressionOf(address)).toBeUndefined()
			expect(await subscriptionState(subscriptionId)).toBe('unsubscribed')
			expect(await subscriptionState(other)).toBe('active')
			const token = unsubscribeUrl(app, { digestId, subscriptionId }).split('/').at(-1) ?? ''
			await resubscribe(app, { token, page: 'page', ip: '' })
			expect(await subscriptionState(subscriptionId)).toBe('active')
		}
	})

	it('that is a mere link neither counts towards giving an address up nor raises an alert', async () => {
		const alerts = async () => (await app.db.selectFrom('bounce_alerts').selectAll().execute()).length
		const before = await alerts()
		const { address, subscriptionId } = await reader()
		for (let n = 0; n < 6; n++) {
			const digestId = await accepted()
			const identifiers = { unsubscribeUrl: unsubscribeUrl(app, { digestId, subscriptionId }) }
			const full = bounce({ class: 'mailbox-full', hard: false, status: '5.2.2', identifiers })
			const spam = bounce({ class: 'content', hard: false, status: '5.7.1', identifiers })
			expect(await record(full, spam)).toMatchObject([{ effect: 'none' }, { effect: 'none' }])
			expect(await stateOf(digestId, subscriptionId)).toBe('accepted')
			app.clock.advance({ days: 5 })
		}
		expect(await suppressionOf(address)).toBeUndefined()
		expect(await alerts()).toBe(before)
	})

	it('on mail of before the address was confirmed anew, or of long ago, is not believed', async () => {
		const { address, subscriptionId } = await reader()
		const digestId = await accepted()
		const identifiers = { returnPath: returnPathOf(app.keys, { digestId, subscriptionId }, domain) }
		app.clock.advance({ days: 31 })
		expect(await record(bounce({ identifiers }))).toMatchObject([{ kind: 'recorded', effect: 'none' }])
		const fresh = await accepted()
		app.clock.advance({ hours: 1 })
		await app.db
			.updateTable('subscriptions')
			.set({ confirmed_at: app.clock.now() })
			.where('id', '=', subscriptionId)
			.execute()
		app.clock.advance({ hours: 1 })
		const before = { returnPath: returnPathOf(app.keys, { digestId: fresh, subscriptionId }, domain) }
		expect(await record(bounce({ identifiers: before }))).toMatchObject([{ effect: 'none' }])
		expect(await suppressionOf(address)).toBeUndefined()
	})

	it('ends the doubt about a delivery that was lost from sight', async () => {
		const { subscriptionId } = await reader()
		const digestId = await accepted('in_doubt')
		const identifiers = { envelopeId: envelopeIdOf(app.keys, { digestId, subscriptionId }) }
		await record(bounce({ kind: 'delivered', class: 'unknown', hard: false, identifiers }))
		expect(await stateOf(digestId, subscriptionId)).toBe('accepted')
	})

	it('about a subscription that was erased is recorded, and nothing follows', async () => {
		const digestId = await (async () => {
			await reader()
			return accepted()
		})()
		const identifiers = {
			returnPath: returnPathOf(app.keys, { digestId, subscriptionId: 999_999_999 }, domain),
		}
		expect(await record(bounce({ identifiers }))).toMatchObject([{ kind: 'recorded', effect: 'none' }])
	})
})

describe('an event without proof', () => {
	it('is recorded as unmatched and never acted on, whatever it says (S5)', async () => {
		const { address, subscriptionId } = await reader()
		const digestId = await accepted()
		const key = { digestId, subscriptionId }
		const foreign = deriveKeys('another installation, with a secret of its own')
		const valid = returnPathOf(app.keys, key, domain)
		const message = messageIdOf(app.keys, key, 'example.org')
		const forged: ReportedEvent['identifiers'][] = [
			{},
			{ returnPath: returnPathOf(foreign, key, domain) },
			{ returnPath: valid.replace(/.(?=@)/, (last) => (last === '0' ? '1' : '0')) },
			{ returnPath: valid.replace(/\.(\w+)\.(\w+)\./, '.$2.$1.') },
			{ returnPath: valid.replace(/\.[0-9a-f]{32}/, '') },
			{ returnPath: `bounces+${digestId.toString(36)}.${subscriptionId.toString(36)}@${domain}` },
			{ returnPath: `x${valid}` },
			{ envelopeId: envelopeIdOf(foreign, key) },
			// a token for one purpose is none for another
			{ envelopeId: message.slice(1, message.indexOf('@')) },
			{ messageId: `<${envelopeIdOf(app.keys, key)}@example.org>` },
			{ messageId: message.toLowerCase() === message ? '' : message.toLowerCase() },
			{ unsubscribeUrl: `${app.url}/unsubscribe/${envelopeIdOf(app.keys, key)}` },
			{ unsubscribeUrl: unsubscribeUrl({ ...app, keys: foreign }, key) },
			{ originalRecipient: address, finalRecipient: address },
		]
		for (const identifiers of forged) {
			const event = bounce({ identifiers, address, kind: 'complaint', class: 'complaint' })
			const dead = bounce({ identifiers, address })
			expect(await record(event, dead), JSON.stringify(identifiers)).toMatchObject([
				{ kind: 'unmatched', effect: 'none' },
				{ kind: 'unmatched', effect: 'none' },
			])
			expect(await rowOf(dead)).toMatchObject({ matched_by: null, subscription_id: null, address_hash: null })
		}
		expect(await suppressionOf(address)).toBeUndefined()
		expect(await stateOf(digestId, subscriptionId)).toBe('accepted')
	})

	it('is believed from a provider that has signed it, for an address that we have mailed lately', async () => {
		const { address, subscriptionId } = await reader()
		const digestId = await accepted()
		const said = bounce({ via: 'webhook:generic', vouched: true, address: address.toUpperCase() })
		expect(await record(said)).toMatchObject([{ kind: 'recorded', effect: 'suppressed' }])
		expect(await rowOf(said)).toMatchObject({ matched_by: 'address', digest_id: digestId })
		expect(await stateOf(digestId, subscriptionId)).toBe('bounced')

		const stranger = bounce({ via: 'webhook:generic', vouched: true, address: 'stranger@readers.example' })
		expect(await record(stranger)).toMatchObject([{ kind: 'unmatched' }])
		const late = await reader()
		const longAfter = new Date(app.clock.now().getTime() + 40 * 86_400_000)
		const outdated = { vouched: true, address: late.address, occurredAt: longAfter }
		expect(await record(bounce(outdated))).toMatchObject([{ kind: 'unmatched' }])
	})
})

describe('mailboxes that are full or out of order', () => {
	async function failures(count: number, days: number, subscriptionId: number): Promise<string[]> {
		const effects: string[] = []
		for (let index = 0; index < count; index++) {
			const digestId = await accepted()
			app.clock.advance({ hours: 1 })
			const identifiers = { returnPath: returnPathOf(app.keys, { digestId, subscriptionId }, domain) }
			const [result] = await record(
				bounce({ class: 'mailbox-full', hard: false, status: '5.2.2', identifiers }),
			)
			effects.push(result?.effect ?? '')
			app.clock.advance({ days })
		}
		return effects
	}

	it('are given up after five failures in a row over fourteen days', async () => {
		const { address, subscriptionId } = await reader()
		expect(await failures(5, 4, subscriptionId)).toEqual(['none', 'none', 'none', 'none', 'suppressed'])
		expect(await suppressionOf(address)).toMatchObject({ reason: 'mailbox_unusable' })
	})

	it('are not given up where a digest in between was accepted, nor within fewer days', async () => {
		const { address, subscriptionId } = await reader()
		await failures(3, 7, subscriptionId)
		await accepted()
		await failures(4, 7, subscriptionId)
		expect(await suppressionOf(address)).toBeUndefined()
		const daily = await reader()
		await failures(8, 1, daily.subscriptionId)
		expect(await suppressionOf(daily.address)).toBeUndefined()
	})

	it('begin anew when staff lifts the suppression, and what bounced before is not believed any more', async () => {
		const { address, subscriptionId } = await reader()
		await failures(5, 4, subscriptionId)
		const before = app.clock.now()
		app.clock.advance({ hours: 1 })
		await liftSuppression(app.db, {
			addressHash: hashAddress(app.keys, address),
			at: app.clock.now(),
		})
		expect(await failures(4, 7, subscriptionId)).toEqual(['none', 'none', 'none', 'none'])
		const digestId = await accepted()
		const identifiers = { returnPath: returnPathOf(app.keys, { digestId, subscriptionId }, domain) }
		const old = bounce({ identifiers, occurredAt: before })
		expect(await record(old)).toMatchObject([{ kind: 'recorded', effect: 'none' }])
		expect(await suppressionOf(address)).toBeUndefined()
	})
})

it('Nothing is logged that names an address or a token', () => {
	expect(app.logged.length).toBeGreaterThan(10)
	expect(app.logged.filter((line) => /@readers|[0-9a-f]{32}/.test(line))).toEqual([])
})
