import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { idCursor, linkToNext, pageParams, timeCursor, toPage } from '../../../src/http/server/paging.ts'

const byTime = timeCursor(/^[a-z]+$/)

describe('a cursor', () => {
	it('leads back to the place that it was written for', () => {
		expect(idCursor.read(idCursor.write(42))).toBe(42)
		for (const time of [new Date('2026-05-01T09:00:00.123Z'), new Date('1931-01-01')]) {
			expect(byTime.read(byTime.write({ time, key: 'b' }))).toEqual({ time, key: 'b' })
		}
	})

	it('is refused where it is none, by the field’s name', () => {
		const query = z.strictObject(pageParams(byTime, { max: 10, usual: 5, describe: '' }))
		for (const after of [
			'',
			'x',
			'1',
			'_a',
			'1_',
			'1_B',
			'1_a_b',
			'9999999999999999_a',
			'999999999999999_a',
		]) {
			const [issue] = query.safeParse({ after }).error?.issues ?? []
			expect([after, issue?.path, issue?.message]).toEqual([after, ['after'], 'errors.cursor'])
		}
		for (const after of ['0', '-1', '1.5', '1e3', ' 1', '9'.repeat(16)]) {
			expect([after, idCursor.read(after)]).toEqual([after, undefined])
		}
	})
})

describe('a page', () => {
	it('leads on where one more was found than it holds', () => {
		expect(toPage([3, 2, 1], 2, idCursor.write)).toEqual({ items: [3, 2], next: '2' })
		expect(toPage([3, 2], 2, idCursor.write)).toEqual({ items: [3, 2], next: null })
		expect(toPage([], 2, idCursor.write)).toEqual({ items: [], next: null })
	})

	it('of a table leads on by a link with the same filter', () => {
		const query = { reason: 'complaint', state: undefined, limit: 2 }
		expect(linkToNext('/t.csv', query, '7_a')).toEqual({
			Link: '</t.csv?reason=complaint&limit=2&after=7_a>; rel="next"',
		})
		expect(linkToNext('/t.csv', query, null)).toEqual({})
	})
})
