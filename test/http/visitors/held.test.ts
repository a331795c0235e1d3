import { afterAll, beforeAll, expect, it } from 'vitest'
import { operator } from '../../../src/kernel/actor.ts'
import { preferencesUrl } from '../../../src/subscriptions/index.ts'
import { mailsTo, subscribeFully, subscriptionOf } from '../../subscriptions/people.ts'
import { holdSending } from '../../support/hold-sending.ts'
import { makeNewsletter } from '../../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

// what readers are told while no mail leaves a database that was restored or copied

let app: TestApp
beforeAll(async () => {
	app = await startTestApp()
	await makeNewsletter(app, { slug: 'news' })
	await subscribeFully(app, 'awa@example.net', { newsletter: 'news', locale: 'en' })
})
afterAll(() => app?.close())

const waits = 'Our mails wait for the moment.'
const post = (path: string, fields: object = {}) => app.request.post(path).type('form').send(fields)
const target = '/newsletters/news/subscriptions'

it('Each page and answer that announces a mail says that it waits, and the mail comes afterwards', async () => {
	const { id } = await subscriptionOf(app, 'awa@example.net', 'news')
	const own = new URL(preferencesUrl(app, { subscriptionId: id, digestId: 0 })).pathname
	const told = async () => [
		(await post(target, { email: 'bo@example.net' }).expect(200)).text,
		(await post(`${own}/data`).expect(200)).text,
		(await post('/newsletters/news/en/link', { email: 'awa@example.net' }).expect(200)).text,
		(await post(target, { email: 'cy@example.net' }).set('Accept', 'application/json')).body.message,
		(await app.request.post(`/api/v1${target}`).send({ email: 'di@example.net' }).expect(202)).body.message,
	]
	for (const text of await told()) expect(text).not.toContain(waits)
	await app.drain()
	await holdSending(app)
	for (const text of await told()) expect(text).toContain(waits)
	const french = await post(`${target}?`, { email: 'eve@example.net', locale: 'fr' }).expect(200)
	expect(french.text).toContain('Nos courriels attendent pour le moment.')
	await app.drain()
	expect(await mailsTo(app, 'eve@example.net')).toEqual([])
	await app.installation.release(operator)
	await app.jobs.enqueue('reconcile', {})
	await app.drain()
	expect(await mailsTo(app, 'eve@example.net')).toHaveLength(1)
})
