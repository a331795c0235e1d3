import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { mailgun } from '../../../src/bounces/providers/mailgun.ts'
import { at, later, now, nowSeconds, requestOf } from './webhook-request.ts'

const key = 'key-3ax6xnjp29jd6fds4gc373sgvjxteol0'
const token = 'c1b4f9c6d2a94e1f8f6d0a7b3c5e9d10aa22bb33cc44dd55ee'
const signatureOf = (seconds = String(nowSeconds)) => ({
	timestamp: seconds,
	token,
	signature: createHmac('sha256', key)
		.update(seconds + token)
		.digest('hex'),
})

const failure = {
	id: 'G9Bn5sl1TC6nu79C8C0bwg',
	event: 'failed',
	severity: 'permanent',
	reason: 'bounce',
	timestamp: nowSeconds - 42.25,
	'log-level': 'error',
	envelope: {
		sender: 'bounces+1.2.3.abc@bounces.charity.example',
		targets: 'amina@example.net',
		transport: 'smtp',
	},
	recipient: 'amina@example.net',
	'recipient-domain': 'example.net',
	'delivery-status': {
		'attempt-no': 1,
		code: 550,
		message: '5.1.1 The email account that you tried to reach does not exist.',
		description: '',
		'enhanced-code': '5.1.1',
		'bounce-type': 'hard',
		'session-seconds': 0.4,
	},
	message: { headers: { 'message-id': 'm.1.2.abc@charity.example', to: 'amina@example.net' }, size: 30_000 },
	'user-variables': { unsubscribe: 'https://news.charity.example/unsubscribe/1.2.3.abc' },
}
const post = (signature: object = signatureOf(), data: unknown = failure) =>
	requestOf({ signature, 'event-data': data }, { 'Content-Type': 'application/json' })

describe('the signature of Mailgun', () => {
	it('is made over time and token, which may be used once', async () => {
		expect(await mailgun.verify(post(), key, at())).toEqual({ ok: true, payload: failure, onceOnly: token })
	})

	it('is refused where any of its parts is another or missing', async () => {
		const { timestamp, signature } = signatureOf()
		const wrong = { ok: false, reason: 'wrong' }
		expect(await mailgun.verify(post({ timestamp, token: `${token}0`, signature }), key, at())).toEqual(wrong)
		expect(await mailgun.verify(post({ timestamp: '1', token, signature }), key, at())).toEqual(wrong)
		expect(await mailgun.verify(post(), `${key}0`, at())).toEqual(wrong)
		const missing = { ok: false, reason: 'missing' }
		expect(await mailgun.verify(post({ timestamp, token }), key, at())).toEqual(missing)
		expect(await mailgun.verify(requestOf('[]'), key, at())).toEqual(missing)
		await expect(mailgun.verify(requestOf('{"signature":'), key, at())).rejects.toThrow(
			'errors.body.malformed',
		)
	})

	it('is believed for as long as Mailgun tries again with the same one, and no longer', async () => {
		expect(await mailgun.verify(post(), key, at(later(8 * 3_600 + 60)))).toMatchObject({ ok: true })
		expect(await mailgun.verify(post(), key, at(later(9 * 3_600 + 1)))).toEqual({ ok: false, reason: 'old' })
		expect(await mailgun.verify(post(), key, at(later(-301)))).toEqual({ ok: false, reason: 'old' })
	})
})

const eventsOf = (...changes: object[]) =>
	changes.flatMap((change) => mailgun.toEvents({ ...failure, ...change }, now))
const said = (status: object) => ({ 'delivery-status': { ...failure['delivery-status'], ...status } })

describe('the events of Mailgun', () => {
	it('tell of a failure, with all that names the message', () => {
		expect(eventsOf({})).toMatchObject([
			{
				via: 'webhook:mailgun',
				kind: 'bounce',
				class: 'address',
				hard: true,
				status: '5.1.1',
				reply: '550',
				address: 'amina@example.net',
				occurredAt: later(-42.25),
				identifiers: {
					messageId: 'm.1.2.abc@charity.example',
					returnPath: 'bounces+1.2.3.abc@bounces.charity.example',
					unsubscribeUrl: failure['user-variables'].unsubscribe,
				},
			},
		])
	})

	it('mean what the server said (S6, S8)', () => {
		expect(
			eventsOf(
				said({ code: 552, message: '5.2.2 Mailbox full', 'enhanced-code': '5.2.2' }),
				said({
					code: 550,
					message: '5.7.1 Our system has detected that this message is likely spam',
					'enhanced-code': '',
				}),
			),
		).toMatchObject([
			{ class: 'mailbox-full', hard: false },
			{ class: 'content', hard: false },
		])
	})

	it('fall back on Mailgun’s own reasons, and on no bounce type', () => {
		const silent = said({ code: 550, message: '', 'enhanced-code': '' })
		const held = said({ code: 605, message: '', description: 'Not delivering to previously bounced address' })
		expect(
			eventsOf(
				silent,
				{ ...silent, reason: 'old' },
				{ ...silent, reason: 'espblock' },
				{ ...held, reason: 'suppress-bounce' },
				{ ...held, reason: 'suppress-complaint' },
			).map(({ kind, class: meant, hard }) => `${kind} ${meant} ${hard}`),
		).toEqual([
			'bounce unknown false',
			'bounce temporary false',
			'bounce sender false',
			'bounce temporary false',
			'complaint complaint false',
		])
	})

	it('are complaints, deliveries and refusals of Mailgun’s own', () => {
		const rejected = {
			event: 'rejected',
			reject: { reason: 'Sandbox subdomains are for test purposes only' },
		}
		expect(
			eventsOf(
				{ event: 'complained' },
				{ event: 'delivered' },
				{ ...rejected, 'delivery-status': undefined },
			),
		).toMatchObject([{ kind: 'complaint' }, { kind: 'delivered' }, { kind: 'bounce', class: 'sender' }])
	})

	it('are no bounces where Mailgun goes on trying, where somebody had left, or where we do not know them', () => {
		const others = ['opened', 'clicked', 'accepted', 'unsubscribed', 'stored', 'invented']
		expect(
			eventsOf(
				{ severity: 'temporary' },
				{ reason: 'suppress-unsubscribe' },
				...others.map((event) => ({ event })),
				{ recipient: undefined },
			),
		).toEqual([])
	})
})

describe('the older forms of Mailgun', () => {
	const { timestamp, signature } = signatureOf()
	const form = new Map([
		['event', 'bounced'],
		['recipient', 'amina@example.net'],
		['code', '550'],
		['error', '5.1.1 The email account that you tried to reach does not exist'],
		['Message-Id', '<m.1.2.abc@charity.example>'],
		['timestamp', timestamp],
		['token', token],
		['signature', signature],
	])
	const expected = { kind: 'bounce', class: 'address', hard: true, occurredAt: now }

	it('are read as multipart, files and all', async () => {
		const parts = [...form].map(
			([name, value]) => `--xyz\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
		)
		const file = `--xyz\r\nContent-Disposition: form-data; name="attachment-1"; filename="m.eml"\r\n\r\nFrom: a\r\n`
		const request = requestOf(`${file}${parts.join('')}--xyz--\r\n`, {
			'Content-Type': 'multipart/form-data; boundary=xyz',
		})
		const verified = await mailgun.verify(request, key, at())
		expect(verified).toMatchObject({ ok: true, onceOnly: token })
		expect(mailgun.toEvents(verified.ok && verified.payload, now)).toMatchObject([expected])
	})

	it('are read as urlencoded', async () => {
		const request = requestOf(new URLSearchParams([...form]).toString(), {
			'Content-Type': 'application/x-www-form-urlencoded',
		})
		const verified = await mailgun.verify(request, key, at())
		expect(mailgun.toEvents(verified.ok && verified.payload, now)).toMatchObject([expected])
	})

	it('are refused where they can’t be read', async () => {
		const request = requestOf('--abc', { 'Content-Type': 'multipart/form-data; boundary=xyz' })
		await expect(mailgun.verify(request, key, at())).rejects.toThrow('errors.body.malformed')
	})
})
