import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fillPattern } from '../../src/newsletters/index.ts'
import { isPattern } from '../../src/newsletters/patterns.ts'

const values = {
	name: 'News',
	date: '1 May 2025',
	title: 'A well',
	others: 'A bridge',
	summary: 'It works.',
	count: 3,
}

describe('a subject pattern', () => {
	it('names the newsletter, the first story, the day and how many stories there are', () => {
		expect(fillPattern('{name}, {date}: {title} (+{count})', 'en', values)).toBe(
			'News, 1 May 2025: A well (+3)',
		)
	})

	it('counts as the language does', () => {
		const pattern = '{count, plural, one {# article} other {# articles}}'
		expect([0, 1, 2].map((count) => fillPattern(pattern, 'fr', { ...values, count }))).toEqual([
			'0 article',
			'1 article',
			'2 articles',
		])
	})

	it('names the other stories, or how the only one begins', () => {
		const pattern = '{count, plural, one {{summary}} other {Also: {others}}}'
		expect(fillPattern(pattern, 'en', values)).toBe('Also: A bridge')
		expect(fillPattern(pattern, 'en', { ...values, count: 1, others: '' })).toBe('It works.')
	})

	it('takes an apostrophe before a brace for an apostrophe', () => {
		expect(fillPattern(`L'{name} d'aujourd'hui`, 'fr', values)).toBe(`L'News d'aujourd'hui`)
	})

	it('leaves whatever a title holds as it is: no syntax in it takes effect (T5)', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'grapheme' }), (title) => {
				const line = title.replace(/\s+/gu, ' ').trim()
				expect(fillPattern('«{title}»', 'en', { ...values, title: line })).toBe(`«${line}»`)
			}),
		)
		for (const title of ['{name}', '{', '}}', "'{'", '#', '<b>', '{count, plural, other {x}}']) {
			expect(fillPattern('{title}', 'en', { ...values, title })).toBe(title)
		}
	})

	it('is one line, whatever goes into it (F6)', () => {
		expect(fillPattern('{title}', 'en', { ...values, title: 'A\r\nBcc: x@example.org' })).toBe(
			'A Bcc: x@example.org',
		)
	})

	it.each([
		'{nothing}',
		'{name',
		'{count, plural, one {{nothing}} other {#}}',
		'{title, plural, other {#}}',
		'{date, date, long}',
		'{name, date}',
		'{count, plural, one {x}}',
		'   ',
		'two\nlines',
		'',
	])('is refused where it can’t be filled: %j', (pattern) => expect(isPattern(pattern)).toBe(false))

	it.each(['{name}', 'News of the week', '50 % off? Non !', '{count, plural, =0 {none} other {#}}'])(
		'is taken: %j',
		(pattern) => expect(isPattern(pattern)).toBe(true),
	)
})
