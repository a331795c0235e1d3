import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { textFromOutside, valueFromOutside } from '../../src/kernel/text-from-outside.ts'

describe('text from outside', () => {
	it('keeps what PostgreSQL can hold', () => {
		expect(textFromOutside('250 2.0.0 Accepté – 受付 🎉\r\n')).toBe('250 2.0.0 Accepté – 受付 🎉\r\n')
	})

	it('shows NUL and lone surrogates as U+FFFD', () => {
		expect(textFromOutside('250 ok \0')).toBe('250 ok \ufffd')
		expect(textFromOutside('a\ud83c b\udf89')).toBe('a\ufffd b\ufffd')
	})

	it('cuts between characters, whatever the text', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary' }), fc.nat(20), (text, maxLength) => {
				const held = textFromOutside(text, maxLength)
				expect(held.isWellFormed()).toBe(true)
				expect(held).not.toContain('\0')
				expect(held.length).toBeLessThanOrEqual(maxLength)
			}),
		)
	})

	it('reaches every text of a value, and leaves the rest', () => {
		const at = new Date(0)
		expect(valueFromOutside({ 'k\0': ['a\0', { b: '\ud800' }], n: 1, none: null, at })).toEqual({
			'k\ufffd': ['a\ufffd', { b: '\ufffd' }],
			n: 1,
			none: null,
			at,
		})
	})
})
