import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { longestGivenName, parseGivenName } from '../../src/subscriptions/index.ts'

const nameOf = (typed: string) => {
	const parsed = parseGivenName(typed)
	return parsed.ok ? parsed.name : parsed.problem
}

describe('A given name', () => {
	test.each([
		'Amina',
		'O’Connor',
		"O'Connor",
		"'t Hooft",
		'Jean-Luc',
		'María José',
		'王小明',
		'Ng',
		'J. R.',
		'J.R.R. Tolkien',
		'Nguyễn Thị Ánh',
		'محمد',
		'שרה',
		'هستی\u200cخانم',
		'ക്\u200dഷമ',
		'Amina 2',
		'Tom & Jo',
		'葛\u{e0100}城',
	])('%j is taken as it is', (typed) => {
		expect(nameOf(typed)).toBe(typed)
	})

	test.each([
		['', null],
		[' \u00a0\t\n', null],
		['  Amina\u00a0 Sow \r\n', 'Amina Sow'],
		['Ame\u0301lie', 'Amélie'],
		['é'.normalize('NFD').repeat(60), 'é'.repeat(60)],
	])('%j becomes %j', (typed, name) => {
		expect(nameOf(typed)).toBe(name)
	})

	test.each([
		['x'.repeat(61), 'too_long'],
		['x'.repeat(10_000), 'too_long'],
		['😀'.repeat(61), 'too_long'],
		['<b>Amina</b>', 'characters'],
		['<script>', 'characters'],
		['{{name}}', 'characters'],
		['<%= 1 %>', 'characters'],
		['a@b', 'characters'],
		['and/or', 'characters'],
		['Amina\nBcc: all', 'characters'],
		['Amina\u2028Sow', 'characters'],
		['Amina\u0000', 'characters'],
		['Amina\u202eanimA', 'characters'],
		['A\u200fmina', 'characters'],
		['A\u2067mina', 'characters'],
		['A\u200bmina', 'characters'],
		['\u200dAmina', 'characters'],
		['Amina\u200d', 'characters'],
		['Ami\u00adna', 'characters'],
		['\u3164', 'characters'],
		['\u0301a', 'characters'],
		['A\ud800', 'characters'],
		['www.charity', 'link'],
		['see WWW.x', 'link'],
		['charity.example', 'link'],
		['http:charity', 'link'],
		['Call 0800 123 456', 'link'],
		['2026', 'no_letter'],
		['12 34', 'no_letter'],
		['😀', 'no_letter'],
		['– –', 'no_letter'],
	])('%j is refused: %s', (typed, problem) => {
		expect(nameOf(typed)).toBe(problem)
	})

	it('is a line of 60 characters at most without markup or marks of direction, and is taken again as it is', () => {
		const typed = fc.oneof(
			fc.string({ unit: 'binary', maxLength: 70 }),
			fc.string({
				unit: fc.constantFrom(...'aé م王.<>@/{}\u200c\u200d\u202e\u2067\u0301\n\u00a0w1'),
				maxLength: 70,
			}),
		)
		fc.assert(
			fc.property(typed, (text) => {
				const name = nameOf(text)
				if (!parseGivenName(text).ok || name === null) return
				expect([...name].length).toBeLessThanOrEqual(longestGivenName)
				expect(name).not.toMatch(/[<>{}@/\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u)
				expect(name).toMatch(/\p{L}/u)
				expect(name).toBe(name.normalize('NFC').trim())
				expect(nameOf(name)).toBe(name)
			}),
			{ numRuns: 2_000 },
		)
	})
})
