import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ReportedEvent, recordEvents } from '../../src/bounces/index.ts'
import { returnPathOf } from '../../src/deliveries/delivery-tokens.ts'
import { planDigest } from '../../src/deliveries/index.ts'
import { triggerDigest } from '../../src/digests/index.ts'
import { operator } from '../../src/kernel/actor.ts'
import { hashAddress } from '../../src/kernel/keys.ts'
import { confirmAddressChange } from '../../src/subscriptions/index.ts'
import { findSuppression } from '../../src/suppressions/index.ts'
import { askChange, stateOf } from '../subscriptions/people.ts'
import { makeNewsletter, makeReader, makeStory } from '../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'

// what comes back for mail to an address that its reader has changed since

let app: TestApp
let newsletterId: number
let latest = 0
beforeAll(async () => {
	app = await startTestApp({ workers: false })
	newsletterId = (await makeNewsletter(app, { slug: 'news' })).id
})
afterAll(() => app?.close())

async function mailedReader() {
	const name = `moved${++latest}`
	const [old, to, third] = [`${name}@old.example`, `${name}@new.example`, `${name}@third.example`] as const
	const id = await makeReader(app, newsletterId, { address: old })
	const digestId = await sendDigest()
	app.clock.advance({ seconds: 60 })
	return { old, to, third, id, digestId }
}

async function sendDigest(): Promise<number> {
	await makeStory(app, newsletterId)
	const triggered = await triggerDigest(app, newsletterId, { by: operator })
	if (triggered.kind !== 'created') throw new Error(triggered.kind)
	await planDigest(app, triggered.digest.id)
	await sql`update deliveries set state = 'accepted', attempts = 1, changed_at = ${app.clock.now()}
		where digest_id = ${triggered.digest.id}`.execute(app.db)
	return triggered.digest.id
}

async function move(id: number, to: string): Promise<void> {
	await confirmAddressChange(app, { token: await askChange(app, { id }, to), ip: '127.0.0.1' })
	app.clock.advance({ seconds: 60 })
}

function comeBack({ id, digestId }: { id: number; digestId: number }, kind: 'bounce' | 'complaint') {
	const event: ReportedEvent = {
		via: 'inbound',
		externalId: `${kind} ${id} ${digestId}`,
		kind,
		class: kind === 'bounce' ? 'address' : 'complaint',
		hard: kind === 'bounce',
		status: kind === 'bounce' ? '5.1.1' : '',
		reply: '',
		diagnostic: '',
		identifiers: {
			returnPath: returnPathOf(app.keys, { digestId, subscriptionId: id }, 'bounces.example.org'),
		},
		occurredAt: app.clock.now(),
	}
	return recordEvents(app, [event])
}

const suppressionsOf = (...addresses: string[]) =>
	Promise.all(
		addresses.map(async (each) => (await findSuppression(app.db, hashAddress(app.keys, each)))?.reason),
	)

it('a complaint from the old address ends the list and bars that address, not the new one', async () => {
	const reader = await mailedReader()
	await move(reader.id, reader.to)
	await comeBack(reader, 'complaint')
	expect(await suppressionsOf(reader.old, reader.to)).toEqual(['complaint', undefined])
	expect(await stateOf(app, reader.to)).toBe('unsubscribed')
})

it('a bounce from the old address says nothing of the new one', async () => {
	const reader = await mailedReader()
	await move(reader.id, reader.to)
	await comeBack(reader, 'bounce')
	expect(await suppressionsOf(reader.old, reader.to)).toEqual([undefined, undefined])
	expect(await stateOf(app, reader.to)).toBe('active')
})

it('what comes back for mail that went out after the change is about the new address', async () => {
	const reader = await mailedReader()
	await move(reader.id, reader.to)
	const digestId = await sendDigest()
	await comeBack({ ...reader, digestId }, 'complaint')
	expect(await suppressionsOf(reader.old, reader.to)).toEqual([undefined, 'complaint'])
})

it('where it is not sure any more to whom a mail went, a complaint ends the list and bars nobody', async () => {
	const reader = await mailedReader()
	await move(reader.id, reader.to)
	await move(reader.id, reader.third)
	await comeBack(reader, 'complaint')
	expect(await suppressionsOf(reader.old, reader.to, reader.third)).toEqual([undefined, undefined, undefined])
	expect(await stateOf(app, reader.third)).toBe('unsubscribed')
})

it('what the new address had left and gave way to is no word on the old one', async () => {
	const name = `swapped${++latest}`
	const [old, to] = [`${name}@old.example`, `${name}@new.example`] as const
	const left = await makeReader(app, newsletterId, { address: to })
	const id = await makeReader(app, newsletterId, { address: old })
	const digestId = await sendDigest()
	await app.db
		.updateTable('subscriptions')
		.set({ state: 'unsubscribed', unsubscribed_at: app.clock.now() })
		.where('id', '=', left)
		.execute()
	app.clock.advance({ seconds: 60 })
	await move(id, to)
	await comeBack({ id: left, digestId }, 'bounce')
	expect(await suppressionsOf(old, to)).toEqual([undefined, undefined])
	await comeBack({ id: left, digestId }, 'complaint')
	expect(await suppressionsOf(old, to)).toEqual([undefined, 'complaint'])
	expect(await stateOf(app, to)).toBe('active')
})
