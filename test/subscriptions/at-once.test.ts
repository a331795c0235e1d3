import { afterAll, beforeAll, expect, it } from 'vitest'
import { recordEvents } from '../../src/bounces/index.ts'
import { returnPathOf } from '../../src/deliveries/delivery-tokens.ts'
import { operator } from '../../src/kernel/actor.ts'
import { AppError } from '../../src/kernel/app-error.ts'
import { getNewsletter } from '../../src/newsletters/index.ts'
import {
	askRequest,
	checkTallies,
	confirmAddressChange,
	eraseReader,
	leaveAll,
	preferencesUrl,
	sendLostLink,
	sendNotice,
	undoAddressChange,
} from '../../src/subscriptions/index.ts'
import { makeNewsletter, makeReader } from '../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'
import { askChange, makeWayBack } from './people.ts'

// what people, staff and workers do to the same person in the same moment: on PostgreSQL, whose locks are those of rows

let app: TestApp
let newsletters: number[]
let latest = 0
const ip = '127.0.0.1'

beforeAll(async () => {
	app = await startTestApp({ workers: false })
	newsletters = []
	// leaving everything goes by name, moving by number: these two don't agree
	for (const slug of ['zebra', 'news', 'ant']) newsletters.push((await makeNewsletter(app, { slug })).id)
})
afterAll(() => app?.close())

const tokenIn = (url: string) => url.slice(url.lastIndexOf('/') + 1)

async function makePerson() {
	const email = `atonce${++latest}@example.org`
	const ids: number[] = []
	for (const id of newsletters) ids.push(await makeReader(app, id, { address: email }))
	const [id = 0] = ids
	const token = tokenIn(preferencesUrl(app, { subscriptionId: id, digestId: 0 }))
	return { email, ids, id, token }
}

/** Who has moved by then can't ask for the address that they have. */
const orSameAddress = (error: unknown) => {
	if (!(error instanceof AppError)) throw error
}

async function makeDueNotice(subscriptionId: number, mailboxHash: string): Promise<number> {
	const now = app.clock.now()
	const { id } = await app.db
		.insertInto('notices')
		.values({
			subscription_id: subscriptionId,
			mailbox_hash: mailboxHash,
			locale: 'en',
			due_at: now,
			created_at: now,
			networks: [],
		})
		.returning('id')
		.executeTakeFirstOrThrow()
	return id
}

it('erasing does not stop mails that are being taken, nor they the erasing', async () => {
	const persons = await Promise.all(Array.from({ length: 12 }, makePerson))
	const notices = await Promise.all(
		persons.flatMap(({ ids, email }) => ids.map((id) => makeDueNotice(id, `mailbox of ${email} ${id}`))),
	)
	const erased = persons.map(({ email }) => eraseReader(app, { address: email }, operator))
	await Promise.all([...notices.map((noticeId) => sendNotice(app, { noticeId })), ...erased])
	for (const each of erased) expect(await each).toMatchObject({ known: true, erased: { subscriptions: 3 } })
})

it('asking does not stop a change of address or an erasing, nor they the asking', async () => {
	for (let round = 0; round < 4; round++) {
		const persons = await Promise.all(Array.from({ length: 6 }, makePerson))
		const changes = await Promise.all(persons.map((person) => askChange(app, person, `to.${person.email}`)))
		await Promise.all([
			...persons.flatMap(({ token, email }, at) => [
				askRequest(app, { token, ip, kind: 'change_address', email: `to.${email}` }).catch(orSameAddress),
				confirmAddressChange(app, { token: changes[at] ?? '', ip }),
				askRequest(app, { token, ip, kind: 'send_data' }),
				leaveAll(app, { token, ip, page: 'test' }),
				confirmAddressChange(app, { token: changes[at] ?? '', ip }),
			]),
			...persons.slice(3).map(({ email }) => eraseReader(app, { address: email }, operator)),
		])
		const states = await app.db
			.selectFrom('subscriptions')
			.select('state')
			.where(
				'id',
				'in',
				persons.flatMap(({ ids }) => ids),
			)
			.execute()
		expect(states.filter(({ state }) => state !== 'unsubscribed')).toEqual([])
	}
})

/** Four addresses that change into each other, and all that may be done about them. */
async function makeTangle() {
	const people = await Promise.all(Array.from({ length: 4 }, makePerson))
	const changes: string[] = []
	for (const [at, person] of people.entries()) {
		changes.push(await askChange(app, person, people[(at + 1) % 4]?.email ?? ''))
	}
	const waysBack = await Promise.all(changes.map((token) => makeWayBack(app, token)))
	const newsletter = await getNewsletter(app, { slug: 'news' })
	return people.map(({ email, id, token }, at) => {
		const change = changes[at] ?? ''
		const others = people.map((person) => person.email)
		const complaint = {
			...comeBack,
			externalId: `complaint ${id}`,
			identifiers: { returnPath: returnPathTo(id) },
		}
		return [
			() => confirmAddressChange(app, { token: change, ip }),
			() => undoAddressChange(app, { token: waysBack[at] ?? '', ip }),
			...others.map(
				(to) => () => askRequest(app, { token, ip, kind: 'change_address', email: to }).catch(orSameAddress),
			),
			() => askRequest(app, { token, ip, kind: 'erase' }),
			() => leaveAll(app, { token, ip, page: 'test' }),
			() => recordEvents(app, [complaint]),
			() => sendLostLink(app, { newsletter, email, ip }),
			() => leaveAll(app, { token, ip, page: 'test' }),
			...(at === 3 ? [() => eraseReader(app, { address: email }, operator)] : []),
		]
	})
}

const returnPathTo = (subscriptionId: number) =>
	returnPathOf(app.keys, { digestId: 1, subscriptionId }, 'bounces.example.org')

const comeBack = {
	via: 'inbound',
	kind: 'complaint',
	class: 'complaint',
	hard: false,
	status: '',
	reply: '',
	diagnostic: '',
	occurredAt: new Date(),
} as const

it('addresses that change into each other, and back, never stop one another, whatever else is done with them', async () => {
	for (let round = 0; round < 5; round++) {
		const each = (await makeTangle()).flat()
		const jobs = [...each, ...each]
		// another order each time, and the same in each run
		const order = jobs.map((job, at) => ({ job, place: (at * 31 + round * 13) % jobs.length }))
		await Promise.all(order.toSorted((a, b) => a.place - b.place).map(({ job }) => job()))
	}
	expect(await checkTallies(app)).toEqual([])
})

it('who asks for a lost link while they are erased is told nothing else', async () => {
	const newsletter = await getNewsletter(app, { slug: 'news' })
	const persons = await Promise.all(Array.from({ length: 15 }, makePerson))
	await Promise.all(
		persons.flatMap(({ email }) => [
			eraseReader(app, { address: email }, operator),
			...Array.from({ length: 12 }, () => sendLostLink(app, { newsletter, email, ip })),
		]),
	)
})
