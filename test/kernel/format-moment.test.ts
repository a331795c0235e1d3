import { expect, test } from 'vitest'
import { formatInstant, formatMoment } from '../../src/kernel/format-moment.ts'

const date = new Date('2026-12-01T18:05:00Z')

test.each([
	['en', '1 Dec 2026, 18:05'],
	['fr', '1er déc. 2026, 18\u00a0h\u00a005'],
])('an instant in %s is %s', (locale, instant) => {
	expect(formatInstant(date, { locale, timeZone: 'UTC' })).toBe(instant)
})

test.each([
	['en', 'Tuesday 1 December, 13:05 (Eastern Time)'],
	['fr', 'mardi 1er décembre, 13\u00a0h\u00a005 (heure de l’Est nord-américain)'],
])('a moment in %s is %s', (locale, moment) => {
	expect(formatMoment(date, { locale, timeZone: 'America/Toronto' })).toBe(moment)
})

test.each([
	['en', 'UTC', 'Tuesday 1 December, 18:05 (UTC)'],
	['fr', 'UTC', 'mardi 1er décembre, 18\u00a0h\u00a005 (UTC)'],
	['fr', 'Etc/UTC', 'mardi 1er décembre, 18\u00a0h\u00a005 (UTC)'],
	['en', 'Europe/London', 'Tuesday 1 December, 18:05 (United Kingdom Time)'],
])('a moment in %s in %s is %s', (locale, timeZone, moment) => {
	expect(formatMoment(date, { locale, timeZone })).toBe(moment)
})
