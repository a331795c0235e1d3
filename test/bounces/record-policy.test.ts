import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
	decidePolicy,
	type HistoryEntry,
	type JudgedEvent,
	type PolicySettings,
} from '../../src/bounces/decide-policy.ts'

const settings: PolicySettings = { softInARow: 5, softDigests: 3, softDays: 14 }
const start = Date.UTC(2025, 0, 1)
const onDay = (day: number): Date => new Date(start + day * 86_400_000)

function bounce(changes: Partial<JudgedEvent> = {}): JudgedEvent {
	return {
		kind: 'bounce',
		class: 'temporary',
		hard: false,
		status: '4.2.0',
		via: 'inbound',
		digestId: 5,
		occurredAt: onDay(28),
		...changes,
	}
}

const failed = (digestId: number, day: number, via = 'inbound'): HistoryEntry => ({
	outcome: 'failed',
	digestId,
	at: onDay(day),
	via,
})
const accepted = (digestId: number, day: number, reported = false): HistoryEntry => ({
	outcome: 'accepted',
	digestId,
	at: onDay(day),
	reported,
})

/** Digests 1 to 4, a week apart, all of which came back. */
const fourFailures = [failed(1, 0), failed(2, 7), failed(3, 14), failed(4, 21)]
const givenUp = { kind: 'suppress', reason: 'mailbox_unusable' }
const none = { kind: 'none' }

describe('what follows from an event', () => {
	it('suppresses an address that is proven dead at once (S6, S10)', () => {
		const decision = decidePolicy([], bounce({ class: 'address', hard: true, status: '5.1.1' }), settings)
		expect(decision).toEqual({ kind: 'suppress', reason: 'dead_address' })
	})

	it('does not believe a policy refusal that calls an address unknown, however often (S8)', () => {
		const refusal = bounce({ class: 'address', hard: false, status: '5.7.1' })
		expect(decidePolicy(fourFailures, refusal, settings)).toEqual(none)
	})

	it('gives up an address that is called dead without proof only after the same time as a full mailbox', () => {
		const refusal = bounce({ class: 'address', hard: false, status: '5.0.0' })
		expect(decidePolicy([], refusal, settings)).toEqual(none)
		expect(decidePolicy(fourFailures, refusal, settings)).toEqual(givenUp)
	})

	it('suppresses and unsubscribes who complains (S11)', () => {
		const complaint = bounce({ kind: 'complaint', class: 'complaint' })
		const decision = { kind: 'suppress_and_unsubscribe', reason: 'complaint' }
		expect(decidePolicy([accepted(9, 27)], complaint, settings)).toEqual(decision)
	})

	it('takes no complaint from reports that are not the word of a person', () => {
		for (const meant of ['sender', 'unknown'] as const) {
			expect(decidePolicy([], bounce({ kind: 'complaint', class: meant }), settings)).toEqual(none)
		}
	})

	it('never suppresses for content, policy or the sender, and has them watched (S8)', () => {
		for (const meant of ['content', 'policy', 'sender'] as const) {
			for (const hard of [false, true]) {
				expect(decidePolicy(fourFailures, bounce({ class: meant, hard }), settings)).toEqual({
					kind: 'watch',
				})
			}
		}
	})

	it('does nothing where the meaning is unknown or mail was delivered', () => {
		expect(decidePolicy(fourFailures, bounce({ class: 'unknown' }), settings)).toEqual(none)
		for (const meant of ['unknown', 'temporary', 'address'] as const) {
			const delivered = bounce({ kind: 'delivered', class: meant, hard: true })
			expect(decidePolicy(fourFailures, delivered, settings)).toEqual(none)
		}
	})
})

describe('giving up a mailbox that is full or out of order', () => {
	it('waits for the fifth failure in a row', () => {
		expect(decidePolicy(fourFailures.slice(1), bounce(), settings)).toEqual(none)
		expect(decidePolicy(fourFailures, bounce(), settings)).toEqual(givenUp)
		expect(decidePolicy(fourFailures, bounce({ class: 'mailbox-full' }), settings)).toEqual(givenUp)
	})

	it('counts the event itself once, though the history may hold it', () => {
		const withItself = [...fourFailures.slice(1), failed(5, 28)]
		expect(decidePolicy(withItself, bounce(), settings)).toEqual(none)
		expect(decidePolicy([...fourFailures, failed(5, 28)], bounce(), settings)).toEqual(givenUp)
	})

	it('needs fourteen days from the first to the last', () => {
		const daily = [1, 2, 3, 4].map((n) => failed(n, 14 + n))
		expect(decidePolicy(daily, bounce(), settings)).toEqual(none)
		expect(decidePolicy([failed(1, 14.01), ...daily.slice(1)], bounce(), settings)).toEqual(none)
		expect(decidePolicy([failed(1, 14), ...daily.slice(1)], bounce(), settings)).toEqual(givenUp)
	})

	it('needs three digests', () => {
		const twoDigests = [failed(4, 0), failed(4, 1), failed(5, 2), failed(5, 3)]
		expect(decidePolicy(twoDigests, bounce(), settings)).toEqual(none)
		expect(decidePolicy([failed(3, 0), ...twoDigests.slice(1)], bounce(), settings)).toEqual(givenUp)
	})

	it('counts a failure once that a mail and a webhook both tell of', () => {
		const twice = [2, 3, 4].flatMap((n) => [failed(n, n * 7), failed(n, n * 7, 'webhook:ses')])
		expect(decidePolicy(twice, bounce({ occurredAt: onDay(35) }), settings)).toEqual(none)
		expect(decidePolicy([failed(1, 7), ...twice], bounce({ occurredAt: onDay(35) }), settings)).toEqual(
			givenUp,
		)
	})

	it('begins anew after an acceptance, wherever in the row it stands', () => {
		for (const digestId of [1.5, 2.5, 4.5]) {
			expect(decidePolicy([...fourFailures, accepted(digestId, 20)], bounce(), settings)).toEqual(none)
		}
		expect(decidePolicy([accepted(0, 0), ...fourFailures], bounce(), settings)).toEqual(givenUp)
	})

	it('does not take a later digest for accepted while it may still come back', () => {
		expect(decidePolicy([...fourFailures, accepted(6, 27)], bounce(), settings)).toEqual(givenUp)
		expect(decidePolicy([...fourFailures, accepted(6, 23)], bounce(), settings)).toEqual(none)
		expect(decidePolicy([...fourFailures, accepted(6, 27, true)], bounce(), settings)).toEqual(none)
	})

	it('counts by the order in which digests were sent, not in which reports come back', () => {
		const [first, ...rest] = [...fourFailures, failed(5, 28)]
		const late = bounce({ digestId: 1, occurredAt: onDay(0) })
		expect(first).toBeDefined()
		expect(decidePolicy([...rest].reverse(), late, settings)).toEqual(givenUp)
	})

	it('takes a resend that went through for an acceptance of that digest', () => {
		expect(decidePolicy([...fourFailures, accepted(4, 22)], bounce(), settings)).toEqual(none)
		expect(decidePolicy([...fourFailures, accepted(4, 20)], bounce(), settings)).toEqual(none)
	})

	it('never gives up sooner than all three limits allow, whatever the history', () => {
		const entry = fc.oneof(
			fc
				.record({ digestId: fc.integer({ min: 1, max: 9 }), day: fc.integer({ min: 0, max: 40 }) })
				.map(({ digestId, day }) => failed(digestId, day)),
			fc
				.record({ digestId: fc.integer({ min: 1, max: 8 }), day: fc.integer({ min: 0, max: 40 }) })
				.map(({ digestId, day }) => accepted(digestId, day)),
		)
		fc.assert(
			fc.property(fc.array(entry, { maxLength: 20 }), fc.integer({ min: 0, max: 40 }), (history, day) => {
				const event = bounce({ digestId: 9, occurredAt: onDay(day) })
				if (decidePolicy(history, event, settings).kind === 'none') return
				const failures = history.filter(({ outcome }) => outcome === 'failed')
				const times = [...failures.map(({ at }) => at.getTime()), event.occurredAt.getTime()]
				expect(failures.length + 1).toBeGreaterThanOrEqual(5)
				expect(Math.max(...times) - Math.min(...times)).toBeGreaterThanOrEqual(14 * 86_400_000)
				const last = Math.max(
					...history.filter(({ outcome }) => outcome === 'accepted').map((e) => e.digestId),
					0,
				)
				const since = new Set([9, ...failures.map(({ digestId }) => digestId)].filter((id) => id >= last))
				expect(since.size).toBeGreaterThanOrEqual(3)
			}),
		)
	})
})
