import { expect, it } from 'vitest'
import { dateFormat } from '../../src/kernel/date-format.ts'

const midnight = Date.UTC(2026, 10, 26)

it('A formatter is made once for a locale, a zone and a form, and never serves another', () => {
	const form = { dateStyle: 'long' } as const
	const english = dateFormat('en-GB', { ...form, timeZone: 'UTC' })
	expect(dateFormat('en-GB', { ...form, timeZone: 'UTC' })).toBe(english)
	expect(english.format(midnight)).toBe('26 November 2026')
	expect(dateFormat('en-GB', { ...form, timeZone: 'America/Toronto' }).format(midnight)).toBe(
		'25 November 2026',
	)
	expect(dateFormat('fr', { ...form, timeZone: 'UTC' }).format(midnight)).toBe('26 novembre 2026')
	expect(dateFormat('en-GB', { month: 'short', timeZone: 'UTC' }).format(midnight)).toBe('Nov')
	expect(() => dateFormat('en', { timeZone: 'Nowhere/Atall' })).toThrow(RangeError)
})
