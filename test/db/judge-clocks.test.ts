import { describe, expect, it, test } from 'vitest'
import {
	type ClockReading,
	closestReading,
	decideNews,
	isWrong,
	secondsAhead,
} from '../../src/db/judge-clocks.ts'

const day = 86_400

/** A reading of a clock that is so many seconds ahead. */
function reading(ahead: number, roundTripMs = 1): ClockReading {
	const databaseMs = Date.UTC(2026, 0, 1)
	return { ownMs: databaseMs + 1_000 * ahead, databaseMs, monotonicMs: 5_000, roundTripMs }
}

test('The reading with the shortest round trip is believed', () => {
	const closest = reading(2, 3)
	expect(closestReading([reading(1, 40), closest, reading(3, 7)])).toBe(closest)
	expect(closestReading([])).toBeUndefined()
})

test('How far a clock is ahead is in seconds, below 0 where it is behind', () => {
	expect(secondsAhead(reading(1.5))).toBe(1.5)
	expect(secondsAhead(reading(-2 * day))).toBe(-2 * day)
})

test.each([
	[0, 1, false],
	[1.9, 1, false],
	[-1.9, 1, false],
	[2.1, 1, true],
	[-2.1, 1, true],
	[2 * day, 1, true],
	[-2 * day, 1, true],
	// half of a long round trip may be the whole difference
	[3.9, 4_000, false],
	[4.1, 4_000, true],
])('A clock that is %d seconds ahead, read in %d ms, is wrong: %s', (ahead, roundTripMs, wrong) => {
	expect(isWrong(reading(ahead, roundTripMs))).toBe(wrong)
})

describe('What is told', () => {
	it.each([
		['nothing of a good clock', false, 0, undefined],
		['nothing of one that is off by seconds', false, 59, undefined],
		['of one that is ahead by more than a minute', false, 61, 'wrong'],
		['of one that is behind by more than a minute', false, -61, 'wrong'],
		['nothing again while it is wrong', true, 2 * day, undefined],
		['nothing yet while it is off by seconds', true, -30, undefined],
		['that it is right again', true, 1, 'right'],
	])('is %s', (_words, toldWrong, ahead, news) => {
		expect(decideNews(toldWrong, reading(ahead))).toBe(news)
	})
})
