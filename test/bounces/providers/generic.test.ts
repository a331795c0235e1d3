import { execFileSync } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { generic } from '../../../src/bounces/providers/generic.ts'
import { at, later, now, nowSeconds, requestOf } from './webhook-request.ts'

const secret = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'
const key = Buffer.from(secret.slice(6), 'base64')

const bounce = {
	id: 'evt-1',
	type: 'bounce',
	address: 'amina@example.net',
	time: '2026-03-02T06:59:30-05:00',
	diagnostic: '550 5.1.1 No such user here',
	messageId: '<m.1.2.abc@charity.example>',
}
const body = JSON.stringify({ events: [bounce] })

function post(content = body, { id = 'msg-1', seconds = String(nowSeconds), signature = '' } = {}) {
	const made = createHmac('sha256', key).update(`${id}.${seconds}.${content}`).digest('base64')
	return requestOf(content, {
		'Webhook-Id': id,
		'Webhook-Timestamp': seconds,
		'Webhook-Signature': signature || `v1,${made}`,
	})
}

describe('the signature of the generic webhook', () => {
	it('is that of Standard Webhooks', () => {
		expect(generic.verify(post(), secret, at())).toEqual({ ok: true, payload: { events: [bounce] } })
	})

	it('agrees with the example of the Standard Webhooks libraries', () => {
		// github.com/standard-webhooks/standard-webhooks, libraries/javascript/src/index.test.ts: “sign function works”
		const request = requestOf('{"test": 2432232314}', {
			'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
			'webhook-timestamp': '1614265330',
			'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
		})
		const known = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
		expect(generic.verify(request, known, at(new Date(1_614_265_330_000)))).toMatchObject({ ok: true })
	})

	it('may be one of several, so that the secret can be changed', () => {
		const [, good] = (post().header('webhook-signature') ?? '').split(',')
		const other = Buffer.alloc(32).toString('base64')
		const several = post(body, { signature: `v1,${other} v1a,${good} v1,${good}` })
		expect(generic.verify(several, secret, at())).toMatchObject({ ok: true })
		const none = post(body, { signature: `v1,${other} v1a,${good} ${good}` })
		expect(generic.verify(none, secret, at())).toEqual({ ok: false, reason: 'wrong' })
	})

	it('is refused where id, time, body or secret are others', () => {
		const { header } = post()
		const altered = (name: string, value: string) => ({
			body: Buffer.from(body),
			header: (asked: string) => (asked === name ? value : header(asked)),
		})
		const wrong = { ok: false, reason: 'wrong' }
		expect(generic.verify(altered('webhook-id', 'msg-2'), secret, at())).toEqual(wrong)
		expect(generic.verify(altered('webhook-timestamp', String(nowSeconds + 1)), secret, at())).toEqual(wrong)
		expect(generic.verify({ body: Buffer.from(`${body} `), header }, secret, at())).toEqual(wrong)
		expect(generic.verify(post(), `${secret.slice(0, -2)}AA`, at())).toEqual(wrong)
		expect(generic.verify(requestOf(body), secret, at())).toEqual({ ok: false, reason: 'missing' })
	})

	it('is refused five minutes later, and from the future', () => {
		expect(generic.verify(post(), secret, at(later(300)))).toMatchObject({ ok: true })
		expect(generic.verify(post(), secret, at(later(301)))).toEqual({ ok: false, reason: 'old' })
		expect(generic.verify(post(), secret, at(later(-301)))).toEqual({ ok: false, reason: 'old' })
	})

	it('needs a secret of 24 bytes', () => {
		expect(generic.findProblem(secret)).toBeUndefined()
		expect(generic.findProblem('a phrase of 24 letters, or more')).toBeUndefined()
		expect(generic.findProblem('whsec_c2hvcnQ=')).toBeDefined()
		expect(generic.findProblem('short')).toBeDefined()
	})
})

describe('the events of the generic webhook', () => {
	const eventsOf = (...changes: object[]) =>
		generic.toEvents({ events: changes.map((change) => ({ ...bounce, ...change })) }, now)

	it('are bounces, complaints and deliveries', () => {
		expect(
			eventsOf({}, { id: 'evt-2', type: 'complaint' }, { id: 'evt-3', type: 'delivered' }),
		).toMatchObject([
			{
				via: 'webhook:generic',
				kind: 'bounce',
				class: 'address',
				hard: true,
				status: '5.1.1',
				reply: '550',
				address: 'amina@example.net',
				occurredAt: new Date('2026-03-02T11:59:30.000Z'),
				identifiers: { messageId: '<m.1.2.abc@charity.example>' },
			},
			{ kind: 'complaint' },
			{ kind: 'delivered' },
		])
	})

	it('are of the category given where the server said nothing', () => {
		expect(eventsOf({ diagnostic: '', category: 'address' }, { diagnostic: '' })).toMatchObject([
			{ class: 'address', hard: true },
			{ class: 'unknown', hard: false },
		])
		expect(eventsOf({ diagnostic: '452 4.2.2 Mailbox full', category: 'address' })).toMatchObject([
			{ class: 'mailbox-full', hard: false },
		])
	})

	it('are passed over where their type is unknown', () => {
		expect(eventsOf({ type: 'opened' }, { type: 'invented', id: 5 })).toEqual([])
	})

	it('are refused where they are not as documented, and it says where', () => {
		const problem = (payload: unknown) => {
			try {
				generic.toEvents(payload, now)
				return []
			} catch (error) {
				return (error as { fields: Array<{ field: string }> }).fields.map(({ field }) => field)
			}
		}
		expect(problem({})).toEqual(['events'])
		expect(problem([bounce])).toEqual([''])
		expect(problem({ events: [bounce, { ...bounce, id: '', time: 'today', category: 'hard' }] })).toEqual([
			'events.1.id',
			'events.1.time',
			'events.1.category',
		])
	})

	it('are signed by the shell commands of the documentation', async () => {
		const [, script = ''] = /```sh\n(# sign.*?)```/s.exec(readFileSync('docs/webhooks.md', 'utf8')) ?? []
		expect(script).toContain('openssl')
		// what would be posted is printed
		const shown = 'curl() { for word; do printf "%s\\n" "$word"; done; }\n'
		const words = execFileSync('sh', ['-euc', shown + script], {
			encoding: 'utf8',
			env: { ...process.env, WEBHOOK_GENERIC_SECRET: 'a phrase of 24 letters, or more' },
		}).split('\n')
		const headers = words.filter((word) => word.startsWith('webhook-')).map((word) => word.split(': '))
		const content = words[words.indexOf('--data-binary') + 1] ?? ''
		const request = requestOf(content, Object.fromEntries(headers))
		const verified = await generic.verify(request, 'a phrase of 24 letters, or more', at(new Date()))
		expect(verified).toMatchObject({ ok: true })
		expect(generic.toEvents(verified.ok && verified.payload, new Date())).toHaveLength(1)
	})
})
