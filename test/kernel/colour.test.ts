import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contrastRatio, mix, readableOn, textOn } from '../../src/kernel/colour.ts'

const colour = fc
	.tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 0, max: 255 }), fc.integer({ min: 0, max: 255 }))
	.map((channels) => `#${channels.map((value) => value.toString(16).padStart(2, '0')).join('')}`)

describe('colours', () => {
	it('stand as far apart as WCAG says', () => {
		expect(contrastRatio('#ffffff', '#000000')).toBeCloseTo(21)
		expect(contrastRatio('#777777', '#ffffff')).toBeCloseTo(4.48, 2)
		expect(contrastRatio('#123456', '#123456')).toBe(1)
	})

	it('can be read, whichever a newsletter chose, on light and on dark pages (WCAG 1.4.3)', () => {
		fc.assert(
			fc.property(colour, (chosen) => {
				for (const grounds of [
					['#ffffff', '#f6f4ef'],
					['#1d2024', '#131518'],
				]) {
					const text = readableOn(chosen, grounds, 4.5)
					for (const ground of grounds) expect(contrastRatio(text, ground)).toBeGreaterThanOrEqual(4.5)
				}
				expect(contrastRatio(textOn(chosen), chosen)).toBeGreaterThanOrEqual(4.5)
			}),
		)
	})

	it('are left alone where they can be read as they are', () => {
		expect(readableOn('#0b5cad', ['#ffffff'], 4.5)).toBe('#0b5cad')
		expect(mix('#000000', '#ffffff', 0.5)).toBe('#808080')
	})
})
