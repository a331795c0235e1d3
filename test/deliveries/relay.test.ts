import { expect, test } from 'vitest'
import { decidePause } from '../../src/deliveries/pause-policy.ts'
import { createRelay } from '../../src/deliveries/relay.ts'
import type { Log } from '../../src/kernel/log.ts'
import type { Mailer, SendOutcome } from '../../src/kernel/mail.ts'

const accepted: SendOutcome = { kind: 'accepted', reply: '250 2.0.0 Ok' }
const down: SendOutcome = { kind: 'not_sent', reason: 'connect ECONNREFUSED' }
const closing: SendOutcome = {
	kind: 'refused',
	permanence: 'temporary',
	scope: 'relay',
	reply: '421 4.3.2 closing',
}
const tooFast: SendOutcome = { ...closing, reply: '421 4.7.28 unusual rate' }

test('A connection that is lost once or twice is no reason to wait; a third time is, and longer each time', () => {
	const pauses = [1, 2, 3, 4, 5, 6, 7, 20].map((failures) => decidePause(down, failures))
	expect(pauses).toEqual([0, 0, 1_000, 2_000, 4_000, 8_000, 16_000, 60_000])
})

test('A refusal that concerns the relay is waited for at once; Gmail’s 4.7.28 for ten minutes (S2)', () => {
	expect(decidePause(closing, 1)).toBe(1_000)
	expect(decidePause(tooFast, 1)).toBe(600_000)
})

const log: Log = { info: () => {}, warn: () => {}, error: () => {}, child: () => log }
const message = { envelope: { from: 'a@example.org', to: 'b@example.net' }, raw: '' }

/** A relay over a mailer that answers as told. */
function relayOf(answers: SendOutcome[], connections = 4) {
	const mailer: Mailer = {
		connections,
		send: async () => answers.shift() ?? accepted,
		verify: async () => {},
		close: async () => {},
	}
	return createRelay({ mailer, log }, { pauseMs: 50, patienceMs: 1_000 })
}

test('After a pause one message goes first, then one more for each that goes through (S2)', async () => {
	const relay = relayOf([closing])
	await relay.send(message)
	expect(relay.pausedFor()).toBe('421 4.3.2 closing')
	expect(relay.canSend()).toBe(false)
	await relay.untilOpen(new AbortController().signal)
	expect(relay.pausedFor()).toBeUndefined()

	const first = relay.send(message)
	expect(relay.canSend()).toBe(false)
	await first
	const two = [relay.send(message)]
	expect(relay.canSend()).toBe(true)
	two.push(relay.send(message))
	expect(relay.canSend()).toBe(false)
	await Promise.all(two)
})

test('What fails together counts once', async () => {
	const relay = relayOf(
		Array.from({ length: 10 }, () => closing),
		10,
	)
	await Promise.all(Array.from({ length: 10 }, () => relay.send(message)))
	const begun = performance.now()
	await relay.untilOpen(new AbortController().signal)
	expect(performance.now() - begun).toBeLessThan(400)
})

test('Marks are never more than twice the connections, and lanes share them', () => {
	const relay = relayOf([], 4)
	relay.join(() => {})
	expect(relay.share()).toBe(8)
	expect(relay.takeMarks(5)).toBe(5)
	expect(relay.takeMarks(5)).toBe(3)
	expect(relay.takeMarks(5)).toBe(0)
	relay.returnMarks(2)
	expect(relay.takeMarks(5)).toBe(2)
	const leave = relay.join(() => {})
	expect(relay.share()).toBe(4)
	leave()
	expect(relay.share()).toBe(8)
})
