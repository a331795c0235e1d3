import { Webhook } from 'standardwebhooks'
import { expect, it } from 'vitest'
import { decideRetry, mostAttempts } from '../../src/webhooks/decide-retry.ts'
import { makeWebhookSecret, signWebhook } from '../../src/webhooks/sign-webhook.ts'

const body = '{"type":"digest.finished"}'
const signed = (secrets: string[], at = new Date()) => signWebhook({ id: 'msg_1', at, body }, secrets)

it('What we sign the reference library verifies, with either secret while they change', () => {
	const [former, present, other] = [makeWebhookSecret(), makeWebhookSecret(), makeWebhookSecret()]
	expect(present).toMatch(/^whsec_[A-Za-z\d+/]{43}=$/)
	const headers = signed([present, former])
	for (const secret of [former, present]) {
		expect(new Webhook(secret).verify(body, headers)).toEqual({ type: 'digest.finished' })
	}
	expect(() => new Webhook(other).verify(body, headers)).toThrow()
	expect(() => new Webhook(present).verify(`${body} `, headers)).toThrow()
	expect(() => new Webhook(present).verify(body, { ...headers, 'webhook-id': 'msg_2' })).toThrow()
	expect(() => new Webhook(present).verify(body, signed([present], new Date(Date.now() - 600_000)))).toThrow()
})

it('A message is tried for three days and more, ever less often; a yes, and a target that is gone, end that', () => {
	let total = 0
	for (let attempt = 1; attempt < mostAttempts; attempt++) {
		const outcome = decideRetry({ status: 500 }, attempt, 0)
		if (outcome.kind !== 'again') throw new Error(outcome.kind)
		total += outcome.waitMs
	}
	expect(total / 3_600_000).toBeGreaterThan(72)
	expect(decideRetry({ problem: 'timeout' }, mostAttempts, 0)).toEqual({ kind: 'failed' })
	for (const status of [200, 202, 204]) expect(decideRetry({ status }, 1, 0)).toEqual({ kind: 'delivered' })
	expect(decideRetry({ status: 410 }, 1, 0)).toEqual({ kind: 'gone' })
	for (const status of [301, 302, 307, 404, 429]) expect(decideRetry({ status }, 1, 0).kind).toBe('again')
})
