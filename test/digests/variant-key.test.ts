import fc from 'fast-check'
import { expect, test } from 'vitest'
import { variantKey } from '../../src/digests/variant-key.ts'

const aVariant = fc.record({
	locale: fc.constantFrom('en', 'fr', 'de'),
	stories: fc.uniqueArray(fc.record({ id: fc.integer({ min: 1, max: 200 }) }), {
		selector: ({ id }) => id,
		maxLength: 12,
	}),
})

test('Two variants have the same key exactly where language, stories and their order are the same', () => {
	fc.assert(
		fc.property(aVariant, aVariant, (one, other) => {
			const isSame = JSON.stringify(one) === JSON.stringify(other)
			expect(variantKey(one) === variantKey(other)).toBe(isSame)
			expect(variantKey(structuredClone(one))).toBe(variantKey(one))
		}),
	)
})

test('The order of the stories matters, and so does where one number ends', () => {
	const keyOf = (...ids: number[]) => variantKey({ locale: 'en', stories: ids.map((id) => ({ id })) })
	expect(keyOf(1, 2)).not.toBe(keyOf(2, 1))
	expect(keyOf(1, 23)).not.toBe(keyOf(12, 3))
	expect(keyOf(1)).not.toBe(variantKey({ locale: 'fr', stories: [{ id: 1 }] }))
})
