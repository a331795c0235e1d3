import { expect, it } from 'vitest'
import { createMailboxHealth } from '../../src/inbound/mailbox-health.ts'
import { createLog } from '../../src/logs/create-log.ts'

const log = createLog('silent')

it('A mailbox that can’t be read is left alone twice as long each time, up to five minutes', () => {
	const health = createMailboxHealth({}, log, { retryMs: 1_000 })
	for (let doubled = 1_000; doubled < 4_000_000; doubled *= 2) {
		const waitMs = health.failed(new Error('no'))
		const expected = Math.min(doubled, 300_000)
		expect(waitMs).toBeGreaterThanOrEqual(expected * 0.75)
		expect(waitMs).toBeLessThanOrEqual(Math.min(expected * 1.25, 300_000))
		// a session that does not last is no end of the trouble
		health.succeeded()
	}
})

it('A session that has lasted lets the waits begin anew', () => {
	const health = createMailboxHealth({}, log, { retryMs: 1_000, stableAfterMs: 0 })
	for (let round = 0; round < 5; round++) {
		expect(health.failed(new Error('no'))).toBeLessThanOrEqual(1_250)
		health.succeeded()
	}
})
