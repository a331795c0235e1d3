import { expect, test } from 'vitest'
import { createDomainBackoff } from '../../src/deliveries/pacing/domain-backoff.ts'
import { isDomainRateRefusal } from '../../src/deliveries/pacing/is-domain-rate-refusal.ts'
import { decidePause, refusesConnections } from '../../src/deliveries/relays/pause-policy.ts'
import { RelayPool } from '../../src/deliveries/relays/relay-pool.ts'
import { isRelaysFault } from '../../src/kernel/is-relays-fault.ts'
import type { Log } from '../../src/kernel/log.ts'
import type { Mailer, SendOutcome } from '../../src/kernel/mail.ts'
import { severalRelays } from '../../src/mail/several-relays.ts'

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

test('A refusal that concerns the relay is waited for at once; Gmail’s 4.7.28 concerns a domain (S2)', () => {
	expect(decidePause(closing, 1)).toBe(1_000)
	expect(isRelaysFault(closing)).toBe(true)
	expect(isDomainRateRefusal(closing)).toBe(false)
	expect(isDomainRateRefusal(tooFast)).toBe(true)
})

test('A domain that finds us too fast is left alone for ten minutes, then gets one message, then one more each (S2)', () => {
	const backoff = createDomainBackoff(3)
	expect(backoff.begin({ domain: 'gmail.com', pausedAt: null })).toBe(0)
	backoff.end('gmail.com', tooFast)
	expect(backoff.begin({ domain: 'gmail.com', pausedAt: null })).toBeCloseTo(600, 0)
	expect(backoff.begin({ domain: 'other.example', pausedAt: null })).toBe(0)

	// another process, after the pause
	const later = createDomainBackoff(3)
	const begin = () => later.begin({ domain: 'gmail.com', pausedAt: '2026-01-01 10:00' })
	expect(begin()).toBe(0)
	expect(begin()).toBeGreaterThan(0)
	later.end('gmail.com', accepted)
	expect([begin(), begin()]).toEqual([0, 0])
	expect(begin()).toBeGreaterThan(0)
	later.end('gmail.com', accepted)
	later.end('gmail.com', accepted)
	expect([begin(), begin(), begin(), begin(), begin()]).toEqual([0, 0, 0, 0, 0])
})

test('A relay that refuses connections because there are too many is given fewer (S3)', async () => {
	const tooMany: SendOutcome = { ...closing, reply: '421 4.3.2 The maximum number of concurrent connections' }
	expect(refusesConnections('421 4.7.0 Too many concurrent SMTP connections from your IP')).toBe(true)
	expect(refusesConnections('421 RP-001 (SNT004) Unfortunately')).toBe(true)
	expect(refusesConnections(closing.reply)).toBe(false)
	const pool = poolOf([accepted, accepted, accepted, { ...tooMany, reply: '421 4.3.2 too many connections' }])
	await Promise.all([1, 2, 3, 4].map(() => pool.send(message)))
	await pool.untilOpen(new AbortController().signal)
	for (let sent = 0; sent < 6; sent++) await pool.send(message)
	const open: Array<Promise<SendOutcome>> = []
	while (pool.canSend()) open.push(pool.send(message))
	expect(open.length).toBeLessThan(4)
	await Promise.all(open)
})

test('Several relays share the mail by weight; one that fails is left alone and the others take over', async () => {
	const taken = { heavy: 0, light: 0 }
	let heavyIsDown = false
	const relayOf = (name: 'heavy' | 'light', weight: number) => ({
		name,
		weight,
		mailer: mailerOf(async () => {
			if (name === 'heavy' && heavyIsDown) return { ...closing, reply: '421 4.3.2 shutting down' }
			taken[name] += 1
			return accepted
		}),
	})
	const mailer = severalRelays([relayOf('heavy', 3), relayOf('light', 1)], log)
	const pool = new RelayPool({ mailer, log }, { pauseMs: 60_000 })
	expect(pool.connections).toBe(5)
	for (let sent = 0; sent < 40; sent++) await pool.send(message)
	expect(taken).toEqual({ heavy: 30, light: 10 })

	heavyIsDown = true
	const outcomes: SendOutcome[] = []
	for (let sent = 0; sent < 20; sent++) outcomes.push(await pool.send(message))
	expect(outcomes.filter(({ kind }) => kind === 'refused')).toHaveLength(1)
	expect(taken.light).toBe(29)
	expect(pool.pausedFor()).toBeUndefined()

	// a mail that a person waits for goes to the one that works, at once
	expect((await mailer.send(message)).kind).toBe('accepted')
	expect(taken.light).toBe(30)
	await mailer.verify()
})

const log: Log = { info: () => {}, warn: () => {}, error: () => {}, child: () => log }
const message = { envelope: { from: 'a@example.org', to: 'b@example.net' }, raw: '' }

function mailerOf(send: Mailer['send'], connections = 4): Mailer {
	return { connections, send, verify: async () => {}, close: async () => {} }
}

/** A pool of one relay that answers as told. */
function poolOf(answers: SendOutcome[], connections = 4) {
	const mailer: Mailer = {
		connections,
		send: async () => answers.shift() ?? accepted,
		verify: async () => {},
		close: async () => {},
	}
	return new RelayPool({ mailer, log }, { pauseMs: 50, patienceMs: 1_000 })
}

test('After a pause one message goes first, then one more for each that goes through (S2)', async () => {
	const pool = poolOf([closing])
	await pool.send(message)
	expect(pool.pausedFor()).toBe('421 4.3.2 closing')
	expect(pool.canSend()).toBe(false)
	await pool.untilOpen(new AbortController().signal)
	expect(pool.pausedFor()).toBeUndefined()

	const first = pool.send(message)
	expect(pool.canSend()).toBe(false)
	await first
	const two = [pool.send(message)]
	expect(pool.canSend()).toBe(true)
	two.push(pool.send(message))
	expect(pool.canSend()).toBe(false)
	await Promise.all(two)
})

test('What fails together counts once', async () => {
	const pool = poolOf(
		Array.from({ length: 10 }, () => closing),
		10,
	)
	await Promise.all(Array.from({ length: 10 }, () => pool.send(message)))
	const begun = performance.now()
	await pool.untilOpen(new AbortController().signal)
	expect(performance.now() - begun).toBeLessThan(400)
})

test('Rows that are claimed are never more than twice the connections, and lanes share them', () => {
	const pool = poolOf([], 4)
	pool.join(() => {})
	expect(pool.budget.share()).toBe(8)
	expect(pool.budget.take(5)).toBe(5)
	expect(pool.budget.take(5)).toBe(3)
	expect(pool.budget.take(5)).toBe(0)
	pool.budget.release(2)
	expect(pool.budget.take(5)).toBe(2)
	const leave = pool.join(() => {})
	expect(pool.budget.share()).toBe(4)
	leave()
	expect(pool.budget.share()).toBe(8)
})
