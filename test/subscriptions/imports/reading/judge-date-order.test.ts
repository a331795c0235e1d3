import { describe, expect, it } from 'vitest'
import { createJudgeDateOrder, usualDateOrder } from '../../../../src/subscriptions/imports/reading/index.ts'

const today = new Date('2026-11-28T10:00:00Z')

/** What the days of a column come to, one a line from the second on: order, how it is known, which line proves it. */
function judge(...days: string[]): unknown[] {
	const { see, verdict } = createJudgeDateOrder(['address', 'joined_at'], today)
	for (const [index, day] of days.entries()) see({ line: index + 2, cells: ['a@x.example', day] })
	const { dateOrder, dateOrderBy, dateOrderLine } = verdict('month_first')
	return [dateOrder, dateOrderBy, dateOrderLine]
}

describe('The order of the days of a file', () => {
	it('is that of a row that is a day in one order alone', () => {
		expect(judge('01/02/2024', '10/14/2024', '03/02/2024')).toEqual(['month_first', 'rows', 3])
		expect(judge('01/02/2024', '', '14.10.2024 08:30')).toEqual(['day_first', 'rows', 4])
	})

	it('is that of most of them where they contradict each other', () => {
		expect(judge('10/14/2024', '14/10/2024', '15/10/2024')).toEqual(['day_first', 'contradictions', 3])
		expect(judge('14/10/2024', '10/14/2024', '10/15/2024')).toEqual(['month_first', 'contradictions', 3])
	})

	it('is not one by which people have joined in days to come', () => {
		expect(judge('05/12/2026', '06/12/2026', '01/02/2024')).toEqual(['month_first', 'rows', 2])
		expect(judge('01/02/2024', '12/05/2026')).toEqual(['day_first', 'rows', 3])
		// it may be tomorrow already elsewhere
		expect(judge('29/11/2026')).toEqual(['day_first', 'rows', 2])
	})

	it('is the usual one where nothing tells, and of no concern where no day has two readings', () => {
		expect(judge('05/11/2026', '01/02/2024')).toEqual(['month_first', 'language', null])
		expect(judge('2026-10-14', '05/05/2026', '45352', 'n/a', '31/02/2024')).toEqual([
			'month_first',
			'no_dates',
			null,
		])
		expect(['en', 'en-GB', 'fr', 'fr-CA', 'de', 'sw'].map(usualDateOrder)).toEqual([
			'month_first',
			...Array.from({ length: 5 }, () => 'day_first'),
		])
	})
})
