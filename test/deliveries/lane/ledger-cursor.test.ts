import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { LedgerCursor } from '../../../src/deliveries/lane/ledger-cursor.ts'
import type { Claimed } from '../../../src/deliveries/store/claims.ts'

const row: Claimed = {
	subscriptionId: 7,
	renditionId: 1,
	local: 'ada',
	domain: 'example.org',
	attempts: 1,
	deferredSeconds: 0,
	pausedAt: null,
}
const found = { written: 0, claimed: [row], excluded: 0, cursor: { dueAt: '2026-01-01', subscriptionId: 7 } }
const leftOut = { ...found, claimed: [], excluded: 1 }
const nothing = { written: 0, claimed: [], excluded: 0, cursor: undefined }
const settled = { subscriptionId: 7, attempts: 1 }

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }))
afterEach(() => void vi.useRealTimers())

it('is at its end only where a look from the beginning finds nothing', () => {
	const cursor = new LedgerCursor()
	cursor.follow(found, 0)
	expect(cursor.after).toEqual(found.cursor)
	cursor.follow(nothing, 0)
	expect([cursor.isAtEnd, cursor.after]).toEqual([false, undefined])
	cursor.follow(nothing, 0)
	expect(cursor.isAtEnd).toBe(true)
})

it('looks on without a wait where all that was found is left out', () => {
	const cursor = new LedgerCursor()
	cursor.follow(leftOut, 0)
	expect(cursor.foundOnlyLeftOut).toBe(true)
	cursor.beginTurn()
	expect(cursor.foundOnlyLeftOut).toBe(false)
})

it('starts again for what was handed back, which stands before it', () => {
	const cursor = new LedgerCursor()
	cursor.follow(nothing, 0)
	cursor.noteSettled([{ ...settled, kind: 'untouched' }])
	expect(cursor.isAtEnd).toBe(false)
})

it('expects what was put off until a look has begun after that', () => {
	const cursor = new LedgerCursor()
	cursor.follow(nothing, performance.now())
	expect(cursor.expectsRows).toBe(false)
	cursor.noteSettled([{ ...settled, kind: 'untouched', afterSeconds: 3 }])
	expect(cursor.expectsRows).toBe(true)
	cursor.follow(nothing, performance.now() + 2_900)
	expect(cursor.expectsRows).toBe(true)
	cursor.follow(nothing, performance.now() + 3_100)
	expect(cursor.expectsRows).toBe(false)
})

it.each([
	{ ...settled, kind: 'untouched', afterSeconds: 3, forOthers: true },
	{ ...settled, kind: 'untouched', afterSeconds: 400 },
	{ ...settled, kind: 'deferred', reply: '451 later', afterSeconds: 300 },
] as const)('leaves to others what comes back late or is not its own: %o', (outcome) => {
	const cursor = new LedgerCursor()
	cursor.follow(nothing, performance.now())
	cursor.noteSettled([outcome])
	expect(cursor.expectsRows).toBe(false)
})
