import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { displayWidth } from '../../src/commands/display-width.ts'
import { facts, table, wrapProse } from '../../src/commands/print.ts'

const widest = (text: string) => Math.max(...text.split('\n').map(displayWidth))

describe('a table', () => {
	it('has headings over aligned columns, and none over a column that says nothing', () => {
		const rows = [
			['1', '', 'A well'],
			['12', '', 'A school'],
		]
		expect(table(['No.', 'Problem', 'Title'], rows, 100)).toBe(
			['No.  Title', '1    A well', '12   A school'].join('\n'),
		)
		expect(table(['No.'], [], 100)).toBe('')
	})

	it('fits its width by going on in further lines, and loses nothing', () => {
		const text = fc.string({ unit: 'grapheme', maxLength: 120 })
		fc.assert(
			fc.property(fc.array(fc.tuple(text, text, text), { minLength: 1, maxLength: 5 }), (rows) => {
				const printed = table(['One', 'Two', 'Three'], rows, 80)
				expect(widest(printed)).toBeLessThanOrEqual(80)
				const letters = (all: string) => [...all.replace(/[\s\p{Cc}]/gu, '')].sort().join('')
				const shown = ['One', 'Two', 'Three'].filter((_, index) => rows.some((row) => row[index]))
				if (shown.length > 0) expect(letters(printed)).toBe(letters([...shown, ...rows.flat()].join('')))
			}),
		)
	})

	it('counts wide characters as two, and lets nothing move the cursor', () => {
		const printed = table(
			['Name', 'State'],
			[
				['日本語', 'new'],
				['a\u001b[2Jb\nc', 'old'],
			],
			100,
		)
		expect(printed).toBe(['Name      State', '日本語    new', 'a [2Jb c  old'].join('\n'))
	})
})

it('facts go on under their value', () => {
	expect(
		facts(
			[
				['From', 'one two three four five six seven'],
				['Id', '1'],
				['None', null],
			],
			30,
		),
	).toBe(['From  one two three four five', '      six seven', 'Id    1'].join('\n'))
})

it('prose is broken between words, commands to copy are not', () => {
	const text = 'Now send it to all of them at once:\n  envoi digest send news --key a-long-key-of-mine'
	expect(wrapProse(text, 20)).toBe(
		'Now send it to all\nof them at once:\n  envoi digest send news --key a-long-key-of-mine',
	)
})
