import { expect, test } from 'vitest'
import { readWish } from '../../bench/parts/read-wish.ts'

const known = ['bounces', 'dkim', 'engine']

test.each([
	['', { names: known, passedOn: [] }],
	['engine', { names: ['engine'], passedOn: [] }],
	['dkim bounces', { names: ['dkim', 'bounces'], passedOn: [] }],
	['engine 20 1', { names: ['engine'], passedOn: ['20', '1'] }],
	['engine -- 20 1', { names: ['engine'], passedOn: ['20', '1'] }],
	['engine dkim -- 20', { names: ['engine', 'dkim'], passedOn: ['20'] }],
	['-- 20', { names: known, passedOn: ['20'] }],
	['engin 20 1', { unknown: ['engin', '20', '1'] }],
	['dkim engine 20', { unknown: ['20'] }],
] as const)('“npm run bench -- %s”', (given, wish) => {
	expect(readWish(given.split(' ').filter(Boolean), known)).toEqual(wish)
})
