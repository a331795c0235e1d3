import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { triggerDigest } from '../../src/digests/index.ts'
import { operator } from '../../src/kernel/actor.ts'
import { hashAddress } from '../../src/kernel/keys.ts'
import type { Newsletter } from '../../src/newsletters/index.ts'
import { eraseReader, unsubscribe, unsubscribeUrl } from '../../src/subscriptions/index.ts'
import { suppress } from '../../src/suppressions/index.ts'
import {
	changeWebhookEndpoint,
	createWebhookEndpoint,
	getWebhookEndpoint,
	listWebhookMessages,
	pruneWebhooks,
	reconcileWebhooks,
	replayWebhook,
	rotateWebhookSecret,
	webhookEndpointInput,
} from '../../src/webhooks/index.ts'
import { makeNewsletter, makeReader, makeStory } from '../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'

type Received = { headers: IncomingHttpHeaders; body: string }

let app: TestApp
let server: Server
let url: string
let newsletter: Newsletter
let status = 204
const received: Received[] = []
beforeAll(async () => {
	server = createServer((request, response) => {
		let body = ''
		request.on('data', (chunk) => {
			body += chunk
		})
		request.on('end', () => {
			received.push({ headers: request.headers, body })
			response.writeHead(status).end()
		})
	}).listen(0, '127.0.0.1')
	await new Promise((resolve) => server.on('listening', resolve))
	const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
	url = `http://${host}/hook`
	app = await startTestApp({ config: { feedAllowedHosts: [host] } })
	newsletter = await makeNewsletter(app)
})
afterAll(async () => {
	server.closeAllConnections()
	server.close()
	await app?.close()
})
beforeEach(() => {
	status = 204
	received.length = 0
	app.clock.set(new Date())
})
afterEach(async () => {
	await app.db.deleteFrom('webhook_endpoints').execute()
})

const all = ['subscriber.subscribed', 'subscriber.left', 'subscriber.bounced_out', 'digest.finished']
const make = (input: object = {}) =>
	createWebhookEndpoint(app, webhookEndpointInput.parse({ url, events: all, ...input }), operator)
async function deliver(): Promise<void> {
	await reconcileWebhooks(app)
	await app.drain()
}
const confirm = (id: number) =>
	app.db
		.updateTable('subscriptions')
		.set({ state: 'active', updated_at: app.clock.now() })
		.where('id', '=', id)
		.execute()
let made = 0
const reader = (state: 'pending' | 'active' = 'pending') =>
	makeReader(app, newsletter.id, { address: `reader${++made}@example.net`, state })
const payloads = () => received.map(({ body }) => JSON.parse(body))

describe('what happens', () => {
	it('is told, signed as the standard wants it, without an address', async () => {
		const { secret } = await make()
		const id = await reader()
		await deliver()
		expect(received).toEqual([])
		await confirm(id)
		await deliver()
		const [one = { headers: {}, body: '' }] = received
		expect(received).toHaveLength(1)
		const { readerId } = await app.db
			.selectFrom('subscriptions')
			.select('subscriber_id as readerId')
			.where('id', '=', id)
			.executeTakeFirstOrThrow()
		expect(new Webhook(secret).verify(one.body, one.headers as Record<string, string>)).toEqual({
			type: 'subscriber.subscribed',
			timestamp: expect.any(String),
			data: { newsletter: newsletter.slug, readerId, subscriptionId: id },
		})
		expect(one.headers['content-type']).toBe('application/json')
		expect(one.body).not.toContain('@')
		expect(app.logged.join()).not.toContain(`reader${made}@`)
		await deliver()
		expect(received).toHaveLength(1)
	})

	it('has the address only where the endpoint asks for it', async () => {
		await make({ withAddress: true })
		await confirm(await reader())
		await deliver()
		expect(payloads()[0].data.address).toBe(`reader${made}@example.net`)
	})

	it('is a leaving, an erasing, an address that is dead, and a digest that is over', async () => {
		const ids = [await reader('active'), await reader('active'), await reader('active')] as const
		await make()
		const token = unsubscribeUrl(app, { subscriptionId: ids[0], digestId: 0 }).split('/').at(-1) ?? ''
		await unsubscribe(app, { token, page: 'page', ip: '192.0.2.1' })
		await eraseReader(app, { address: `reader${made - 1}@example.net` }, operator)
		const dead = {
			addressHash: hashAddress(app.keys, `reader${made}@example.net`),
			reason: 'dead_address' as const,
		}
		await suppress(app.db, { ...dead, evidence: null, at: app.clock.now() })
		await suppress(app.db, { ...dead, evidence: null, at: app.clock.now() })
		await makeStory(app, newsletter.id)
		const digest = await triggerDigest(app, newsletter.id, { by: operator })
		if (digest.kind !== 'created') throw new Error(digest.kind)
		await app.drain()
		// what is deleted is told by the database's own clock
		app.clock.advance({ seconds: 60 })
		await deliver()
		const told = payloads().map(({ type, data: { subscriptionId, digestId, reason, state } }) =>
			[type, subscriptionId ?? digestId, reason ?? state].filter(Boolean),
		)
		expect(told.toSorted()).toEqual(
			[
				['subscriber.left', ids[0]],
				['subscriber.left', ids[1], 'erased'],
				['subscriber.bounced_out', ids[2], 'dead_address'],
				['digest.finished', digest.digest.id, 'completed'],
			].toSorted(),
		)
	})

	it('of newsletters and kinds that an endpoint did not choose is not told to it', async () => {
		const other = await makeNewsletter(app)
		await make({ newsletters: [other.slug] })
		await make({ events: ['digest.finished'] })
		await confirm(await reader())
		await deliver()
		expect(received).toEqual([])
	})

	it('is written down with what it tells of, or not at all', async () => {
		await make()
		const id = await reader()
		await expect(
			app.db.transaction().execute(async (tx) => {
				await tx.updateTable('subscriptions').set({ state: 'active' }).where('id', '=', id).execute()
				throw new Error('a crash')
			}),
		).rejects.toThrow('a crash')
		await deliver()
		expect(received).toEqual([])
		// and where the process dies right after, the row is there for the next one
		await confirm(id)
		expect(await app.db.selectFrom('webhook_messages').select('state').execute()).toEqual([{ state: 'due' }])
	})
})

describe('a target that does not take it', () => {
	it('is tried again later with the same id, and each try is in the log', async () => {
		const endpoint = await make()
		status = 503
		await confirm(await reader())
		await deliver()
		await deliver()
		expect(received).toHaveLength(1)
		app.clock.advance({ seconds: 90 })
		status = 200
		await deliver()
		expect(received).toHaveLength(2)
		const ids = received.map(({ headers }) => headers['webhook-id'])
		expect(ids[0]).toBe(ids[1])
		const [message] = await listWebhookMessages(app, endpoint.id, { limit: 9 })
		expect(message).toMatchObject({ state: 'delivered', attempts: 2, messageId: ids[0], dueAt: null })
		expect(message?.tries.map((each) => each.status)).toEqual([200, 503])
		expect(await getWebhookEndpoint(app, endpoint.id)).toMatchObject({ failingSince: null })
	})

	it('is told again what a process had claimed that died', async () => {
		await make()
		await confirm(await reader())
		const lease = new Date(app.clock.now().getTime() + 60_000)
		await app.db
			.updateTable('webhook_messages')
			.set({ state: 'sending', attempts: 1, due_at: lease })
			.execute()
		await deliver()
		expect(received).toHaveLength(0)
		app.clock.advance({ seconds: 61 })
		await deliver()
		expect(received).toHaveLength(1)
	})

	it('is switched off after days, and told things again once it is switched on; nothing is lost that was due', async () => {
		const endpoint = await make()
		status = 500
		await confirm(await reader())
		for (let hours = 0; hours < 90; hours += 6) {
			await deliver()
			app.clock.advance({ hours: 6 })
		}
		const disabled = await getWebhookEndpoint(app, endpoint.id)
		expect(disabled).toMatchObject({ disabledWhy: 'failing' })
		const tries = received.length
		expect(tries).toBeLessThanOrEqual(10)
		await confirm(await reader())
		await deliver()
		expect(received).toHaveLength(tries)
		status = 204
		await changeWebhookEndpoint(app, endpoint.id, { disabled: false }, operator)
		app.clock.advance({ hours: 48 })
		await deliver()
		const [message] = await listWebhookMessages(app, endpoint.id, { limit: 9 })
		expect(message?.state).toBe('delivered')
	})

	it('that says it is gone is switched off at once', async () => {
		const endpoint = await make()
		status = 410
		await confirm(await reader())
		await deliver()
		expect(await getWebhookEndpoint(app, endpoint.id)).toMatchObject({ disabledWhy: 'gone' })
		await expect(replayWebhook(app, { endpointId: endpoint.id, messageId: 1 }, operator)).rejects.toThrow()
	})

	it('in a private network is refused when it is made', async () => {
		for (const inside of ['http://127.0.0.1:1/', 'http://10.1.2.3/', 'http://localhost:9/']) {
			await expect(make({ url: inside })).rejects.toMatchObject({
				fields: [{ field: 'url', message: 'errors.webhook.forbidden_address' }],
			})
		}
	})
})

it('A secret is renewed: for a day either verifies, then the new one alone', async () => {
	const { id, secret: former } = await make()
	const { secret: present } = await rotateWebhookSecret(app, id, operator)
	await confirm(await reader())
	await deliver()
	const [one = { headers: {}, body: '' }] = received
	for (const secret of [former, present]) new Webhook(secret).verify(one.body, one.headers as never)
	const rows = await app.db.selectFrom('webhook_endpoints').selectAll().execute()
	expect(JSON.stringify(rows)).not.toContain(present.slice(6))
	app.clock.advance({ hours: 25 })
	await confirm(await reader())
	await deliver()
	expect(received.at(-1)?.headers['webhook-signature']).not.toContain(' ')
})

it('What was taken is sent once more where staff asks, and forgotten after a month', async () => {
	const { id } = await make()
	await confirm(await reader())
	await deliver()
	const [message] = await listWebhookMessages(app, id, { limit: 9 })
	await replayWebhook(app, { endpointId: id, messageId: message?.id ?? 0 }, operator)
	await app.drain()
	expect(received.map(({ headers }) => headers['webhook-id'])).toEqual([
		message?.messageId,
		message?.messageId,
	])
	expect(await pruneWebhooks(app)).toEqual({ webhook_messages: 0 })
	app.clock.advance({ days: 31 })
	expect(await pruneWebhooks(app)).toEqual({ webhook_messages: 1 })
})
