import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { listMembers, lookForOccasions, sendOccasionMail } from '../../../src/staff/index.ts'
import { type ConsoleBrowser, signInAs } from '../../support/console-browser.ts'
import { makeNewsletter, makeReader } from '../../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

const url = 'https://93.184.216.34/hook/very-secret-path'
let app: TestApp
let owner: ConsoleBrowser
let slug: string
beforeAll(async () => {
	app = await startTestApp({ workers: false })
	owner = await signInAs(app, 'owner')
	await makeNewsletter(app)
	slug = (await makeNewsletter(app)).slug
})
afterAll(() => app?.close())

const endpointId = async () =>
	(await app.db.selectFrom('webhook_endpoints').select('id').orderBy('id', 'desc').executeTakeFirstOrThrow())
		.id
const secretIn = (html: string) => /whsec_[A-Za-z\d+/]{43}=/.exec(html.replaceAll('&#43;', '+'))?.[0] ?? ''

it('An owner adds an address, is shown its secret once, and renews it', async () => {
	const made = await owner
		.post('/console/webhooks', { url, events: ['subscriber.left', 'digest.finished'], newsletters: slug })
		.expect(200)
	const secret = secretIn(made.text)
	expect(() => new Webhook(secret)).not.toThrow()
	const path = `/console/webhooks/${await endpointId()}`
	const page = await owner.get(path).expect(200)
	expect(page.text).not.toContain('whsec_')
	expect(page.text).toMatch(/value="subscriber\.left"[^>]* checked/)
	expect(page.text).toMatch(new RegExp(`value="${slug}"[^>]* checked`))
	expect(page.text).not.toMatch(/name="withAddress"[^>]* checked/)
	expect((await owner.get('/console/webhooks').expect(200)).text).toContain(url)
	const renewed = await owner.post(`${path}/secret`).expect(200)
	expect(secretIn(renewed.text)).not.toBe(secret)
	expect(renewed.text).toContain('signs as well until')
	const acts = await app.db
		.selectFrom('audit_entries')
		.select(['action'])
		.where('subject', 'like', 'webhook%')
		.execute()
	expect(acts.map(({ action }) => action)).toEqual(['create', 'rotate'])
})

it('What is wrong comes back beside its field, with what was typed', async () => {
	const none = await owner.post('/console/webhooks', { url: 'http://10.0.0.1/', withAddress: 'yes' })
	expect(none.status).toBe(422)
	expect(none.text).toContain('Choose at least one event')
	expect(none.text).toMatch(/name="withAddress"[^>]* checked/)
	const inside = await owner.post('/console/webhooks', { url: 'http://10.0.0.1/', events: 'digest.finished' })
	expect(inside.text).toContain('private network')
	expect(inside.text).toContain('value="http://10.0.0.1/"')
})

it('It is changed, switched off and on, and removed; its log is shown, and what is in it sent again', async () => {
	const id = await endpointId()
	const path = `/console/webhooks/${id}`
	await owner.post(path, { url, events: 'subscriber.left' }).expect(303)
	const newsletter = await app.db
		.selectFrom('newsletters')
		.select('id')
		.where('slug', '=', slug)
		.executeTakeFirstOrThrow()
	const reader = await makeReader(app, newsletter.id, { address: 'awa@example.net' })
	await app.db.updateTable('subscriptions').set({ state: 'unsubscribed' }).where('id', '=', reader).execute()
	const message = await app.db
		.updateTable('webhook_messages')
		.set({ state: 'failed', attempts: 10 })
		.returning('id')
		.executeTakeFirstOrThrow()
	const log = await owner.get(path).expect(200)
	expect(log.text).toContain('Given up')
	expect(log.text).not.toContain('awa@example.net')
	await owner.post(`${path}/messages/${message.id}/replay`).expect(303)
	expect(await app.db.selectFrom('webhook_messages').select(['state', 'attempts']).execute()).toEqual([
		{ state: 'due', attempts: 0 },
	])
	await owner.post(`${path}/switch`, { to: 'off' }).expect(303)
	expect((await owner.get(path)).text).toContain('Off since')
	await owner.post(`${path}/switch`, { to: 'on' }).expect(303)
	await owner.post(`${path}/remove`).expect(303)
	await owner.get(path).expect(404)
})

it('Owners are mailed once of an address that was switched off by itself, without its secret path', async () => {
	await owner.post('/console/webhooks', { url, events: 'subscriber.left' }).expect(200)
	const id = await endpointId()
	await app.db
		.updateTable('webhook_endpoints')
		.set({ disabled_at: app.clock.now(), disabled_why: 'failing' })
		.where('id', '=', id)
		.execute()
	const due: number[] = []
	const enqueue = async (_name: string, payload: object) => {
		if ('mailId' in payload) due.push(Number(payload.mailId))
	}
	const before = app.captured?.list().length ?? 0
	for (let time = 0; time < 2; time++) {
		await lookForOccasions({ ...app, jobs: { enqueue } as never })
		for (const mailId of due.splice(0)) await sendOccasionMail(app, { mailId })
	}
	const mails = (app.captured?.list() ?? []).slice(0, (app.captured?.list().length ?? 0) - before)
	expect(mails).toHaveLength(1)
	const { subject, text } = (await mails[0]?.parse()) ?? {}
	expect(mails[0]?.envelope.to).toBe((await listMembers(app))[0]?.email)
	expect(subject).toBe('A webhook was switched off: 93.184.216.34')
	expect(text).toContain(`/console/webhooks/${id}`)
	expect(text).not.toContain('very-secret-path')
})
