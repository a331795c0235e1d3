import { createHmac, generateKeyPairSync, randomUUID, sign } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { messageIdOf } from '../../../src/deliveries/delivery-tokens.ts'
import { planDigest } from '../../../src/deliveries/index.ts'
import { triggerDigest } from '../../../src/digests/index.ts'
import { operator } from '../../../src/kernel/actor.ts'
import { hashAddress } from '../../../src/kernel/keys.ts'
import { findSuppression } from '../../../src/suppressions/index.ts'
import {
	certificateUrl,
	signedBySns,
	snsCertificate,
	subscribeUrl,
	topic,
} from '../../bounces/providers/sns-signer.ts'
import { makeNewsletter, makeReader, makeStory } from '../../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

const password = 'b1c0ffee-b1c0ffee-b1c0ffee'
const signingKey = 'key-3ax6xnjp29jd6fds4gc373sgvjxteol0'
const phrase = 'a phrase of 24 letters, or more'
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })

const asked: string[] = []
let awsIsAway = false
let app: TestApp
beforeAll(async () => {
	app = await startTestApp({
		config: {
			webhookSecrets: {
				ses: topic,
				sendgrid: publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
				mailgun: signingKey,
				postmark: password,
				brevo: password,
				mailjet: password,
				generic: phrase,
			},
		},
		fetchText: async (url) => {
			asked.push(url)
			if (awsIsAway) throw new Error('no answer')
			return url === certificateUrl ? snsCertificate : '<ConfirmSubscriptionResponse/>'
		},
	})
})
afterAll(() => app.close())
beforeEach(() => {
	asked.length = 0
	awsIsAway = false
})

type Reader = { address: string; subscriptionId: number; messageId: string }

/** Readers who have just got a digest. */
async function mailedReaders(count = 1): Promise<Reader[]> {
	const newsletter = await makeNewsletter(app)
	const readers: Array<Omit<Reader, 'messageId'>> = []
	for (let n = 0; n < count; n += 1) {
		const address = `r${randomUUID()}@example.net`
		readers.push({ address, subscriptionId: await makeReader(app, newsletter.id, { address }) })
	}
	await makeStory(app, newsletter.id)
	const triggered = await triggerDigest(app, newsletter.id, { by: operator })
	if (triggered.kind !== 'created') throw new Error(triggered.kind)
	const digestId = triggered.digest.id
	await planDigest(app, digestId)
	await app.jobs.enqueue('send-digest', { digestId, lane: 0 })
	await app.drain()
	return readers.map((reader) => ({
		...reader,
		messageId: messageIdOf(app.keys, { ...reader, digestId }, 'charity.example'),
	}))
}

async function oneReader(): Promise<Reader> {
	const [reader] = await mailedReaders()
	if (!reader) throw new Error('no reader')
	return reader
}

/** Why the address is not mailed any more. */
async function suppressionOf({ address }: Reader): Promise<string | undefined> {
	return (await findSuppression(app.db, hashAddress(app.keys, address)))?.reason
}

const gone = '550 5.1.1 The email account that you tried to reach does not exist'
const path = (provider: string) => `/webhooks/bounces/${provider}`
const seconds = () => String(Math.floor(app.clock.now().getTime() / 1_000))

const sendgridHeaders = (body: string, at = seconds()) => ({
	'Content-Type': 'application/json',
	'X-Twilio-Email-Event-Webhook-Timestamp': at,
	'X-Twilio-Email-Event-Webhook-Signature': sign('sha256', Buffer.from(at + body), privateKey).toString(
		'base64',
	),
})
const genericHeaders = (body: string, at = seconds()) => ({
	'Content-Type': 'application/json',
	'webhook-id': 'msg-1',
	'webhook-timestamp': at,
	'webhook-signature': `v1,${createHmac('sha256', phrase).update(`msg-1.${at}.${body}`).digest('base64')}`,
})
const mailgunSignature = (token: string, timestamp = seconds()) => ({
	timestamp,
	token,
	signature: createHmac('sha256', signingKey)
		.update(timestamp + token)
		.digest('hex'),
})
const sesBounce = ({ address }: Reader) =>
	JSON.stringify({
		notificationType: 'Bounce',
		bounce: {
			bounceType: 'Permanent',
			bounceSubType: 'General',
			bouncedRecipients: [{ emailAddress: address, status: '5.1.1', diagnosticCode: `smtp; ${gone}` }],
			feedbackId: address,
			timestamp: app.clock.now().toISOString(),
		},
		mail: { source: 'news@charity.example', messageId: 'x', destination: [address] },
	})
const bySns = (fields: Record<string, string>) =>
	signedBySns({ Timestamp: app.clock.now().toISOString(), ...fields }, '2')

/** A post of each provider that says that a reader's address is dead. */
const deadAddressPosts: Record<
	string,
	(reader: Reader) => { body: string; headers: Record<string, string> }
> = {
	ses: (reader) => ({
		body: JSON.stringify(bySns({ Message: sesBounce(reader) })),
		headers: { 'Content-Type': 'text/plain; charset=UTF-8' },
	}),
	sendgrid: ({ address, messageId }) => {
		const body = JSON.stringify([
			{
				event: 'bounce',
				email: address,
				'smtp-id': messageId,
				sg_event_id: address,
				type: 'bounce',
				reason: gone,
			},
		])
		return { body, headers: sendgridHeaders(body) }
	},
	mailgun: ({ address }) => ({
		body: JSON.stringify({
			signature: mailgunSignature(randomUUID()),
			'event-data': {
				event: 'failed',
				severity: 'permanent',
				id: address,
				recipient: address,
				'delivery-status': { code: 550, message: gone },
			},
		}),
		headers: { 'Content-Type': 'application/json' },
	}),
	postmark: ({ address }) => ({
		body: JSON.stringify({
			RecordType: 'Bounce',
			Type: 'HardBounce',
			ID: 1,
			MessageID: address,
			Email: address,
			Details: gone,
		}),
		headers: {
			'Content-Type': 'application/json',
			Authorization: `Basic ${Buffer.from(`envoi:${password}`).toString('base64')}`,
		},
	}),
	brevo: ({ address }) => ({
		body: JSON.stringify({ event: 'hard_bounce', email: address, reason: gone, 'message-id': address }),
		headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${password}` },
	}),
	mailjet: ({ address }) => ({
		body: JSON.stringify([
			{ event: 'bounce', email: address, error: 'user unknown', comment: gone, Message_GUID: address },
		]),
		headers: {
			'Content-Type': 'application/json',
			Authorization: `Basic ${Buffer.from(`:${password}`).toString('base64')}`,
		},
	}),
	generic: ({ address, messageId }) => {
		const body = JSON.stringify({
			events: [{ id: address, type: 'bounce', address, messageId, diagnostic: gone }],
		})
		return { body, headers: genericHeaders(body) }
	},
}

describe.each(Object.entries(deadAddressPosts))('a webhook of %s', (provider, make) => {
	it('suppresses a dead address, and the same post again changes nothing (S10)', async () => {
		const reader = await oneReader()
		const { body, headers } = make(reader)
		const post = () => app.request.post(path(provider)).set(headers).send(body)
		await post().expect(200, { recorded: 1, known: 0, unmatched: 0 })
		expect(await suppressionOf(reader)).toBe('dead_address')
		await post().expect(200, { recorded: 0, known: 1, unmatched: 0 })
	})

	it('has no effect where its proof is missing, wrong or for another body', async () => {
		const reader = await oneReader()
		const { body, headers } = make(reader)
		const without = await app.request
			.post(path(provider))
			.set('Content-Type', 'application/json')
			.send(
				provider === 'ses' || provider === 'mailgun'
					? body.replace(/"(?:S|s)ignature":"[^"]*"/, '"signature":"x"')
					: body,
			)
		expect(without.status).toBe(401)
		expect(without.body.code).toBe('unauthenticated')
		const altered = Object.fromEntries(
			Object.entries(headers).map(([name, value]) => [
				name,
				/sign|auth/i.test(name) ? `${value.slice(0, -6)}AAAA==` : value,
			]),
		)
		const forged =
			provider === 'ses' ? body.replace('5.1.1', '5.1.2') : body.replace(/"token":"./, '"token":"-')
		await app.request.post(path(provider)).set(altered).send(forged).expect(401)
		expect(await suppressionOf(reader)).toBeUndefined()
	})

	it('is about nobody where we have not mailed the address', async () => {
		const stranger = {
			address: `x${randomUUID()}@example.net`,
			subscriptionId: 0,
			messageId: '<x@example.org>',
		}
		const { body, headers } = make(stranger)
		await app.request
			.post(path(provider))
			.set(headers)
			.send(body)
			.expect(200, { recorded: 0, known: 0, unmatched: 1 })
		expect(await suppressionOf(stranger)).toBeUndefined()
	})
})

describe('signed webhooks', () => {
	it('bring several events in a post, each to its person', async () => {
		const [dead, complaining, full, content] = await mailedReaders(4)
		const body = JSON.stringify([
			{ event: 'bounce', email: dead?.address, sg_event_id: `1${dead?.address}`, reason: gone },
			{ event: 'spamreport', email: complaining?.address, sg_event_id: `2${dead?.address}` },
			{
				event: 'bounce',
				email: full?.address,
				sg_event_id: `3${dead?.address}`,
				reason: '552 5.2.2 Mailbox full',
			},
			{
				event: 'bounce',
				email: content?.address,
				sg_event_id: `4${dead?.address}`,
				reason: '550 5.7.1 Spam detected',
			},
			{ event: 'invented', email: dead?.address },
		])
		await app.request
			.post(path('sendgrid'))
			.set(sendgridHeaders(body))
			.send(body)
			.expect(200, { recorded: 4, known: 0, unmatched: 0 })
		const reasons = await Promise.all(
			[dead, complaining, full, content].map((reader) => reader && suppressionOf(reader)),
		)
		expect(reasons).toEqual(['dead_address', 'complaint', undefined, undefined])
		const { state } = await app.db
			.selectFrom('subscriptions')
			.select('state')
			.where('id', '=', complaining?.subscriptionId ?? 0)
			.executeTakeFirstOrThrow()
		expect(state).toBe('unsubscribed')
	})

	it('are refused where they are older than their provider would send them', async () => {
		const reader = await oneReader()
		const old = String(Number(seconds()) - 301)
		for (const [provider, headersOf] of [
			['sendgrid', sendgridHeaders],
			['generic', genericHeaders],
		] as const) {
			const { body } = deadAddressPosts[provider]?.(reader) ?? { body: '' }
			await app.request.post(path(provider)).set(headersOf(body, old)).send(body).expect(401)
		}
		const ses = bySns({ Message: sesBounce(reader), Timestamp: '2020-01-01T00:00:00.000Z' })
		await app.request.post(path('ses')).send(JSON.stringify(ses)).expect(401)
		expect(await suppressionOf(reader)).toBeUndefined()
		expect(app.logged.join('\n')).toContain('"provider":"generic","reason":"old"')
	})

	it('are read whatever type they say they are of, byte for byte', async () => {
		const reader = await oneReader()
		const body = `\n ${JSON.stringify({ events: [{ type: 'bounce', id: reader.address, address: reader.address, diagnostic: `${gone} – désolé` }] })}\r\n`
		await app.request
			.post(path('generic'))
			.set({ ...genericHeaders(body), 'Content-Type': 'application/octet-stream' })
			.send(Buffer.from(body))
			.expect(200, { recorded: 1, known: 0, unmatched: 0 })
	})
})

describe('a token of Mailgun', () => {
	const post = (signature: object, data: object) =>
		app.request.post(path('mailgun')).send({ signature, 'event-data': data })
	const failed = (address: string) => ({
		event: 'failed',
		severity: 'permanent',
		id: address,
		recipient: address,
		'delivery-status': { message: gone },
	})

	it('is not believed again with another event, which it does not cover', async () => {
		const [first, second] = await mailedReaders(2)
		const signature = mailgunSignature(randomUUID())
		await post(signature, failed(first?.address ?? '')).expect(200, { recorded: 1, known: 0, unmatched: 0 })
		await post(signature, failed(second?.address ?? '')).expect(200, { recorded: 0, known: 1, unmatched: 0 })
		expect(second && (await suppressionOf(second))).toBeUndefined()
	})

	it('counts once also where eight posts come at the same moment', async () => {
		const readers = await Promise.all(Array.from({ length: 8 }, () => oneReader()))
		const signature = mailgunSignature(randomUUID())
		const answers = await Promise.all(
			readers.map(({ address }) => post(signature, failed(address)).expect(200)),
		)
		expect(answers.map(({ body }) => body.recorded).sort()).toEqual([0, 0, 0, 0, 0, 0, 0, 1])
		const suppressed = await Promise.all(readers.map(suppressionOf))
		expect(suppressed.filter(Boolean)).toHaveLength(1)
	})

	it('is used up by an event that is ignored', async () => {
		const reader = await oneReader()
		const signature = mailgunSignature(randomUUID())
		await post(signature, { event: 'opened', recipient: reader.address }).expect(200, {
			recorded: 0,
			known: 0,
			unmatched: 0,
		})
		await post(signature, failed(reader.address)).expect(200, { recorded: 0, known: 1, unmatched: 0 })
		expect(await suppressionOf(reader)).toBeUndefined()
	})

	it('is not used up by a body that can’t be read', async () => {
		const reader = await oneReader()
		const signature = mailgunSignature(randomUUID())
		await app.request.post(path('mailgun')).send({ signature, 'event-data': 'none' }).expect(400)
		await post(signature, failed(reader.address)).expect(200, { recorded: 1, known: 0, unmatched: 0 })
	})
})

describe('a subscription of SNS', () => {
	const confirmation = (SubscribeURL: string) =>
		JSON.stringify(
			bySns({
				Type: 'SubscriptionConfirmation',
				Message: 'You have chosen to subscribe.',
				Token: 'abc123',
				SubscribeURL,
			}),
		)

	it('is confirmed by itself, at Amazon alone', async () => {
		await app.request.post(path('ses')).send(confirmation(subscribeUrl())).expect(200)
		expect(asked).toContain(subscribeUrl())
		asked.length = 0
		await app.request
			.post(path('ses'))
			.send(confirmation(subscribeUrl('evil.example')))
			.expect(401)
		expect(asked.filter((url) => url !== certificateUrl)).toEqual([])
	})

	it('is to be asked for again where Amazon does not answer', async () => {
		awsIsAway = true
		const answer = await app.request.post(path('ses')).send(confirmation(subscribeUrl())).expect(503)
		expect(answer.body.code).toBe('unavailable')
	})

	it('needs the certificate once for many messages', async () => {
		const reader = await oneReader()
		for (let n = 0; n < 3; n += 1) {
			await app.request
				.post(path('ses'))
				.send(JSON.stringify(bySns({ Message: sesBounce(reader) })))
				.expect(200)
		}
		expect(asked.filter((url) => url === certificateUrl).length).toBeLessThanOrEqual(1)
	})
})

describe('bad webhooks', () => {
	const asProvider = { Authorization: `Bearer ${password}` }

	it('lead nowhere where no secret is set, whatever they carry', async () => {
		for (const provider of ['sparkpost', 'invented', 'constructor', '__proto__']) {
			const answer = await app.request.post(path(provider)).set(asProvider).send('{}').expect(404)
			expect(answer.body.code).toBe('not_found')
		}
	})

	it('are told in one form of error, in both languages', async () => {
		const french = await app.request
			.post(path('postmark'))
			.set('Accept-Language', 'fr')
			.send('{}')
			.expect(401)
		expect(french.headers['www-authenticate']).toBe('Basic realm="Envoi"')
		expect(french.body).toEqual({
			code: 'unauthenticated',
			message: 'La signature ou le secret de ce webhook manque, est faux ou est trop ancien.',
			fields: [],
			requestId: french.headers['x-request-id'],
		})
		const english = await app.request.post(path('postmark')).send('{}').expect(401)
		expect(english.body.message).toMatch(/missing, wrong or too old/)
	})

	it('are malformed without a body, with broken JSON, and with JSON of another shape', async () => {
		for (const body of ['', '{"RecordType":', 'null', '"x"', '1']) {
			const answer = await app.request.post(path('postmark')).set(asProvider).send(body)
			expect([body, answer.status, answer.body.code]).toEqual([body, 400, 'malformed'])
		}
	})

	it('may be a megabyte and no more', async () => {
		const filled = (bytes: number) => `{"x":"${'x'.repeat(bytes - 8)}"}`
		await app.request
			.post(path('postmark'))
			.set(asProvider)
			.send(filled(1024 * 1024))
			.expect(200)
		const answer = await app.request
			.post(path('postmark'))
			.set(asProvider)
			.send(filled(1024 * 1024 + 1))
			.expect(413)
		expect(answer.body.code).toBe('too_large')
	})

	it('say where an event of the generic form is wrong, and record none of the post', async () => {
		const reader = await oneReader()
		const good = { id: reader.address, type: 'bounce', address: reader.address, diagnostic: gone }
		const body = JSON.stringify({ events: [good, { ...good, time: 'today' }] })
		const answer = await app.request.post(path('generic')).set(genericHeaders(body)).send(body).expect(422)
		expect(answer.body.fields).toMatchObject([{ field: 'events.1.time' }])
		expect(await suppressionOf(reader)).toBeUndefined()
	})

	it('can only be posted', async () => {
		await app.request.get(path('postmark')).expect(405)
		await app.request.put(path('postmark')).send('{}').expect(405)
	})
})

describe('the webhooks', () => {
	it('stand in the API document', async () => {
		const { body } = await app.request.get('/api/openapi.json').expect(200)
		const operation = body.paths['/webhooks/bounces/{provider}'].post
		expect(operation.requestBody.content['*/*'].schema).toEqual({ type: 'string', format: 'binary' })
		expect(Object.keys(operation.responses)).toEqual(
			expect.arrayContaining(['200', '400', '401', '404', '503']),
		)
	})

	it('leave no address, token or secret in the log', async () => {
		const log = app.logged.join('\n')
		expect(log).toContain('a webhook was received')
		expect(log).not.toMatch(/@example\.net|b1c0ffee|abc123|key-3ax6/)
	})

	it('are not opened with secrets that can’t be right, and each is named', async () => {
		const opening = startTestApp({
			workers: false,
			config: { webhookSecrets: { ses: 'bounces', postmark: 'short', mailgum: signingKey } },
		})
		await expect(opening).rejects.toMatchObject({
			message: 'errors.webhook.settings',
			fields: [
				{ field: 'WEBHOOK_SES_SECRET' },
				{ field: 'WEBHOOK_POSTMARK_SECRET' },
				{
					field: 'WEBHOOK_MAILGUM_SECRET',
					params: { known: expect.stringContaining('WEBHOOK_MAILGUN_SECRET') },
				},
			],
		})
	})
})
