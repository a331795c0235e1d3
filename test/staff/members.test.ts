import { afterAll, beforeAll, expect, it } from 'vitest'
import { operator } from '../../src/kernel/actor.ts'
import type { SendOutcome } from '../../src/kernel/mail.ts'
import {
	addMember,
	createApiKey,
	listMembers,
	mailLink,
	memberInput,
	sendStaffMail,
} from '../../src/staff/index.ts'
import { holdSending } from '../support/hold-sending.ts'
import { makeNewsletter } from '../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'

let app: TestApp
beforeAll(async () => {
	app = await startTestApp({ workers: false })
})
afterAll(() => app?.close())

const luc = memberInput.parse({ name: 'Luc', email: 'luc@x.example', role: 'editor' })

it('An address that is invited several times at once is one member', async () => {
	const atOnce = <Result>(act: () => Promise<Result>) => Promise.allSettled(Array.from({ length: 8 }, act))
	// so that each has its connection already
	await atOnce(() => listMembers(app))
	const made = await atOnce(() => addMember(app, luc, operator))
	const refused = made.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []))
	expect(refused).toHaveLength(7)
	for (const reason of refused) expect(reason).toMatchObject({ code: 'conflict' })
})

it('A mail that was not handed over goes out at the next try', async () => {
	await makeNewsletter(app)
	const { id } = await addMember(
		app,
		{ ...luc, email: memberInput.shape.email.parse('eve@x.example') },
		operator,
	)
	await mailLink(app, id, operator)
	const { linkId } = await app.db
		.selectFrom('staff_links')
		.select('id as linkId')
		.where('member_id', '=', id)
		.executeTakeFirstOrThrow()
	const outcomes: Array<() => SendOutcome> = [
		() => {
			throw new Error('no key to sign with')
		},
		() => ({ kind: 'not_sent', reason: 'no relay' }),
	]
	for (const outcome of outcomes) {
		const mailer = { send: async () => outcome() }
		await expect(sendStaffMail({ ...app, mailer }, { linkId })).rejects.toThrow()
	}
	await sendStaffMail(app, { linkId })
	await sendStaffMail(app, { linkId })
	expect((await app.captured?.list())?.map(({ envelope }) => envelope.to)).toEqual(['eve@x.example'])
})

it('While sending is held, a link that was asked for before waits, and one that is asked for since is mailed', async () => {
	const [early, late] = await Promise.all(
		['early@x.example', 'late@x.example'].map((email) =>
			addMember(app, { ...luc, email: memberInput.shape.email.parse(email) }, operator),
		),
	)
	const mailed = () => (app.captured?.list() ?? []).map(({ envelope }) => envelope.to)
	const send = async (memberId = 0) => {
		const links = await app.db
			.selectFrom('staff_links')
			.select('id as linkId')
			.where('member_id', '=', memberId)
			.execute()
		for (const link of links) await sendStaffMail(app, link)
	}
	await mailLink(app, early?.id ?? 0, operator)
	app.clock.advance({ seconds: 60 })
	await holdSending(app)
	await mailLink(app, late?.id ?? 0, operator)
	await send(early?.id)
	await send(late?.id)
	expect(mailed()).toContain('late@x.example')
	expect(mailed()).not.toContain('early@x.example')
	await app.installation.release(operator)
	await send(early?.id)
	expect(mailed()).toContain('early@x.example')
})

it('A key makes nobody a member who may do more than itself, nor gets a link to come in as one', async () => {
	const scopes = ['staff.manage', 'newsletters.read', 'sources.read', 'stories.read', 'digests.read'] as const
	const { key } = await createApiKey(app, { name: 'people', scopes: [...scopes] }, operator)
	const call = (method: 'post' | 'patch', path: string, body?: object) =>
		app.request[method](`/api/v1/staff${path}`).set('Authorization', `Bearer ${key}`).send(body)
	const invite = (email: string, role: string) => call('post', '', { name: 'Ada', email, role })

	const owner = await addMember(
		app,
		memberInput.parse({ name: 'Zoe', email: 'zoe@x.example', role: 'owner' }),
		operator,
	)
	const refused = await invite('ada@x.example', 'owner').expect(403)
	expect(refused.body.message).toContain('“newsletters.change”')
	await call('post', `/${owner.id}/invitation`).expect(403)
	const { body: viewer } = await invite('ada@x.example', 'viewer').expect(201)
	await call('patch', `/${viewer.id}`, { role: 'owner' }).expect(403)
	await call('patch', `/${viewer.id}`, { role: 'viewer', newsletters: null }).expect(204)
	await call('post', `/${viewer.id}/invitation`).expect(201)
	const found = (await listMembers(app)).find(({ id }) => id === viewer.id)
	expect(found?.role).toBe('viewer')
})
