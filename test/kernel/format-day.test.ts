import { expect, test } from 'vitest'
import { dayOrderOf, formatDay } from '../../src/kernel/format-day.ts'

const date = new Date('2026-11-26T12:00:00Z')

test.each([
	['en', '26 November 2026'],
	['en-CA', '26 November 2026'],
	['fr', '26 novembre 2026'],
	['fr-CA', '26 novembre 2026'],
])('a day in %s is %s', (locale, day) => {
	expect(formatDay(date, { locale, timeZone: 'America/Toronto' })).toBe(day)
})

test.each([
	['America/Toronto', ['en'], 'day_first'],
	['Africa/Dakar', ['en', 'fr'], 'day_first'],
	['UTC', ['en'], 'day_first'],
	['nowhere', ['en'], 'day_first'],
	['America/New_York', ['en'], 'month_first'],
	['US/Pacific', ['en-US'], 'month_first'],
	['America/New_York', ['en', 'fr'], 'day_first'],
] as const)('in %s, in the languages %j, the order is %s', (timeZone, locales, order) => {
	expect(dayOrderOf(timeZone, locales)).toBe(order)
	const month = order === 'month_first' ? 'November 26, 2026' : '26 November 2026'
	expect(formatDay(date, { locale: 'en', timeZone: 'UTC', order })).toBe(month)
})
