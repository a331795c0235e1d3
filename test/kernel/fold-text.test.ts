import fc from 'fast-check'
import { expect, test } from 'vitest'
import { foldText } from '../../src/kernel/fold-text.ts'

test.each([
	['Éducation  à la PAIX', 'education a la paix'],
	[' eau\u00a0potable\n', 'eau potable'],
	['ﬁlières', 'filieres'],
	['İstanbul', 'istanbul'],
	['สุขภาพ', 'สุขภาพ'],
	['बच्चे', 'बच्चे'],
	['ガーナ', 'ガーナ'],
	['한국', '한국'],
])('%j is compared as %j', (typed, folded) => {
	expect(foldText(typed)).toBe(folded)
})

test('What was folded stays as it is, however it was composed, spaced and written in capitals', () => {
	fc.assert(
		fc.property(fc.string({ unit: 'grapheme', maxLength: 30 }), (text) => {
			const folded = foldText(text)
			expect(foldText(folded)).toBe(folded)
			expect(foldText(`  ${text.normalize('NFD')} `)).toBe(folded)
			expect(foldText(text.normalize('NFC'))).toBe(folded)
		}),
	)
})
