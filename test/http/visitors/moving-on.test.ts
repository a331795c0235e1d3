import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { preferencesUrl, sendNotice, unsubscribeUrl } from '../../../src/subscriptions/index.ts'
import {
	confirmPath,
	mailsTo,
	receiptsOf,
	requestPath,
	signUp,
	stateOf,
	subscribeFully,
	subscriptionOf,
} from '../../subscriptions/people.ts'
import { makeNewsletter } from '../../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

// changes of address, and what else is done with the addresses before, between and after them

let app: TestApp
let latest = 0

beforeAll(async () => {
	app = await startTestApp()
	await makeNewsletter(app, { slug: 'news' })
})
afterAll(() => app.close())

const post = (path: string, form: object = {}) => app.request.post(path).type('form').send(form)

async function makeReader() {
	const name = `mover${++latest}`
	const email = `${name}@old.example`
	await subscribeFully(app, email)
	const { id } = await subscriptionOf(app, email)
	return { email, to: `${name}@new.example`, id, path: preferencesOf(id) }
}

const preferencesOf = (id: number) =>
	new URL(preferencesUrl(app, { subscriptionId: id, digestId: 0 })).pathname
const leavingOf = (id: number) => new URL(unsubscribeUrl(app, { subscriptionId: id, digestId: 0 })).pathname

/** Moves, and gives the link by which the old address takes it back. */
async function move({ email, path }: { email: string; path: string }, to: string): Promise<string> {
	await post(`${path}/address`, { email: to }).expect(200)
	await post(await requestPath(app, to)).expect(200)
	return requestPath(app, email)
}

/** A newsletter of an address, which it left. */
async function leave(email: string): Promise<number> {
	await subscribeFully(app, email)
	const { id } = await subscriptionOf(app, email)
	await post(leavingOf(id)).expect(200)
	return id
}

async function statesOf(...emails: string[]) {
	return Promise.all(emails.map((email) => stateOf(app, email)))
}

describe('taking a change of address back', () => {
	it('reaches what went on to a third address meanwhile', async () => {
		const { email, to, id, path } = await makeReader()
		const third = `third.${to}`
		const undo = await move({ email, path }, to)
		const undoThird = await move({ email: to, path }, third)
		await post(undo).expect(200)
		expect(await statesOf(email, to, third)).toEqual(['active', undefined, undefined])
		await post(undoThird).expect(200)
		expect(await statesOf(email, to, third)).toEqual(['active', undefined, undefined])
		expect((await receiptsOf(app, id)).map(({ action }) => action)).toEqual([
			...['requested', 'confirmed', 'moved', 'moved', 'moved', 'moved'],
		])
	})

	it('reaches it also where the third had the newsletter, and leaves the third what it had', async () => {
		const { email, to, path } = await makeReader()
		const third = `third.${to}`
		await subscribeFully(app, third)
		const undo = await move({ email, path }, to)
		await move({ email: to, path }, third)
		expect(await statesOf(email, to, third)).toEqual([undefined, 'unsubscribed', 'active'])
		await post(undo).expect(200)
		expect(await statesOf(email, to, third)).toEqual(['active', undefined, 'active'])
	})

	it('says in the receipts of what had ended that it came back', async () => {
		const { email, to, id, path } = await makeReader()
		await subscribeFully(app, to)
		await post(await move({ email, path }, to)).expect(200)
		expect((await receiptsOf(app, id)).map(({ action }) => action).slice(2)).toEqual([
			...['unsubscribed', 'resubscribed'],
		])
	})

	it('is not stopped by a sign-up that nobody confirmed', async () => {
		const { email, to, id, path } = await makeReader()
		const undo = await move({ email, path }, to)
		await signUp(app, email)
		await app.drain()
		const link = await confirmPath(app, email)
		await post(undo).expect(200)
		expect(await subscriptionOf(app, email)).toMatchObject({ id, state: 'active' })
		expect((await app.request.get(link)).status).toBe(200)
	})

	it('leaves alone what the old address has asked for anew', async () => {
		const { email, to, path } = await makeReader()
		await leave(to)
		const undo = await move({ email, path }, to)
		await subscribeFully(app, email)
		const { id } = await subscriptionOf(app, email)
		await post(undo).expect(200)
		expect(await subscriptionOf(app, email)).toMatchObject({ id, state: 'active' })
		expect(await statesOf(email, to)).toEqual(['active', 'active'])
	})

	it('does not bring back what the old address came back to and left', async () => {
		const { email, to, id, path } = await makeReader()
		await subscribeFully(app, to)
		const undo = await move({ email, path }, to)
		app.clock.advance({ seconds: 60 })
		await subscribeFully(app, email)
		await post(leavingOf(id)).expect(200)
		await post(undo).expect(200)
		expect(await statesOf(email, to)).toEqual(['unsubscribed', 'active'])
	})

	it('does not say a second time that somebody left', async () => {
		const { email, to, id, path } = await makeReader()
		const undo = await move({ email, path }, to)
		await post(leavingOf(id)).expect(200)
		await post(undo).expect(200)
		expect(await statesOf(email, to)).toEqual(['unsubscribed', undefined])
		expect((await receiptsOf(app, id)).filter(({ action }) => action === 'unsubscribed')).toHaveLength(1)
	})
})

describe('after a change of address', () => {
	it('the link of a sign-up that the new one made before subscribes nobody else', async () => {
		const { email, to, path } = await makeReader()
		await signUp(app, to)
		await app.drain()
		const link = await confirmPath(app, to)
		await move({ email, path }, to)
		await post(link).expect(200)
		expect(await statesOf(email, to)).toEqual([undefined, 'active'])
	})

	it('neither the link of another sign-up nor the way back brings the old one what the new one had left', async () => {
		const { email, to, path } = await makeReader()
		const left = await leave(to)
		await signUp(app, to)
		await app.drain()
		const link = await confirmPath(app, to)
		const undo = await move({ email, path }, to)
		await post(link)
		await post(`${leavingOf(left)}/undo`).expect(200)
		expect(await statesOf(email, to)).toEqual(['unsubscribed', 'active'])
		await post(undo).expect(200)
		expect(await statesOf(email, to)).toEqual(['active', 'unsubscribed'])
		await post(`${leavingOf(left)}/undo`).expect(200)
		expect(await statesOf(email, to)).toEqual(['active', 'active'])
	})

	it('a link to erase that was asked for before is worth nothing', async () => {
		const { email, to, path } = await makeReader()
		await post(`${path}/erase`).expect(200)
		const link = await requestPath(app, email)
		await move({ email, path }, to)
		expect((await post(link)).status).toBe(410)
		expect(await statesOf(to)).toEqual(['active'])
	})
})

describe('a mail that waits', () => {
	const delay = (id: number, state: 'due' | 'sending') =>
		app.db.updateTable('notices').set({ state, reply: null }).where('id', '=', id).execute()

	async function noticeOf(subscriptionId: number) {
		return app.db
			.selectFrom('notices')
			.select(['id', 'state'])
			.where('subscription_id', '=', subscriptionId)
			.where('request_id', 'is not', null)
			.orderBy('id')
			.executeTakeFirstOrThrow()
	}

	it('goes to who asked for their data, whoever has the subscription by then', async () => {
		const { email, to, id, path } = await makeReader()
		await post(`${path}/data`).expect(200)
		await app.drain()
		const notice = await noticeOf(id)
		await delay(notice.id, 'sending')
		await move({ email, path }, to)
		const before = (await mailsTo(app, to)).length
		await delay(notice.id, 'due')
		await sendNotice(app, { noticeId: notice.id })
		expect((await mailsTo(app, to)).length).toBe(before)
		expect((await mailsTo(app, email)).at(-1)?.text).toContain('/requests/')
	})

	it('brings no request back to life that another one has taken the place of', async () => {
		const { to, id, path } = await makeReader()
		await post(`${path}/address`, { email: `wrong.${to}` }).expect(200)
		await app.drain()
		const notice = await noticeOf(id)
		await delay(notice.id, 'sending')
		await post(`${path}/address`, { email: to }).expect(200)
		const mailed = (await mailsTo(app, `wrong.${to}`)).length
		await delay(notice.id, 'due')
		await sendNotice(app, { noticeId: notice.id })
		expect((await mailsTo(app, `wrong.${to}`)).length).toBe(mailed)
		expect(await noticeOf(id)).toMatchObject({ state: 'withheld' })
	})
})
