import { expect, test } from 'vitest'
import { isCronPattern, latestOccurrence } from '../../src/kernel/cron.ts'

test.each(['0 9 * * 1', '30 6 1,15 * *', '0 9 * * 1-5', '*/15 8-18 * * *'])(
	'“%s” is a cron pattern',
	(pattern) => {
		expect(isCronPattern(pattern)).toBe(true)
	},
)

test.each(['', 'monday', '@daily', '0 9 * *', '0 0 9 * * 1', '60 9 * * *', '0 9 31 2 *'])(
	'“%s” is none, or never comes up',
	(pattern) => {
		expect(isCronPattern(pattern)).toBe(false)
	},
)

test('The latest occurrence counts in the time zone, on both sides of a change of clocks', () => {
	const monday = { cron: '0 9 * * 1', timeZone: 'America/Toronto' }
	const latest = (now: string) => latestOccurrence(monday, new Date(now)).toISOString()
	expect(latest('2026-03-10T12:00:00Z')).toBe('2026-03-09T13:00:00.000Z')
	expect(latest('2026-03-05T12:00:00Z')).toBe('2026-03-02T14:00:00.000Z')
})

test('An occurrence counts from its very moment', () => {
	const monday = { cron: '0 9 * * 1', timeZone: 'UTC' }
	const latest = (now: string) => latestOccurrence(monday, new Date(now)).toISOString()
	expect(latest('2026-03-09T09:00:00.000Z')).toBe('2026-03-09T09:00:00.000Z')
	expect(latest('2026-03-09T08:59:00.000Z')).toBe('2026-03-02T09:00:00.000Z')
})
