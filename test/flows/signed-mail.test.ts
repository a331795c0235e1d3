import { afterAll, beforeAll, expect, test } from 'vitest'
import { operator } from '../../src/kernel/actor.ts'
import { createApiKey } from '../../src/staff/index.ts'
import { makeEd25519Key, makeRsaKey } from '../support/dkim-keys.ts'
import { makeNewsletter, makeReader, makeStory } from '../support/make-newsletter.ts'
import { type SmtpSink, startSmtpSink } from '../support/smtp-sink.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'
import { verifyDkim } from '../support/verify-dkim.ts'

const rsa = makeRsaKey('charity.example')
const ed25519 = makeEd25519Key('charity.example')
const validity = (message: string) =>
	verifyDkim(message, { ...rsa.zone, ...ed25519.zone }).map(({ valid }) => valid)

let relay: SmtpSink
let app: TestApp
let slug: string

beforeAll(async () => {
	relay = await startSmtpSink()
	app = await startTestApp({ config: { smtpUrl: relay.url, dkimKeys: [rsa, ed25519] } })
	const newsletter = await makeNewsletter(app)
	slug = newsletter.slug
	await makeStory(app, newsletter.id, { title: 'Un puits à Thiès' })
	await makeReader(app, newsletter.id, { address: 'awa@example.net' })
})
afterAll(async () => {
	await app.close()
	await relay.close()
})

test('A notice reaches the relay with signatures that verify (A8)', async () => {
	await app.request
		.post(`/api/v1/newsletters/${slug}/subscriptions`)
		.send({ email: 'bo@example.net' })
		.expect(202)
	await app.drain()
	expect(validity(relay.to('bo@example.net')[0]?.raw ?? '')).toEqual([true, true])
})

test('A digest does too, and its one-click header can’t be altered (U3, A8)', async () => {
	const { key } = await createApiKey(app, { name: 'flow', scopes: null }, operator)
	await app.request
		.post(`/api/v1/newsletters/${slug}/digests`)
		.set('Authorization', `Bearer ${key}`)
		.send({})
		.expect(({ status }) => expect(status).toBeLessThan(300))
	await app.drain()
	const raw = relay.to('awa@example.net')[0]?.raw ?? ''
	expect(raw).toMatch(/^DKIM-Signature: v=1; a=rsa-sha256; /)
	expect(raw).toContain('\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n')
	expect(validity(raw)).toEqual([true, true])
	expect(validity(raw.replace('One-Click', 'One-Klick'))).toEqual([false, false])
})
