import { expect, it } from 'vitest'
import { readFeedDates } from '../../src/feeds/feed-dates.ts'
import { parseFeedDate } from '../../src/feeds/parse-feed-date.ts'

it.each([
	['2026-11-24T10:00:00Z', '2026-11-24T10:00:00.000Z'],
	['2026-11-24T10:00:00.123456+01:00', '2026-11-24T09:00:00.123Z'],
	['2026-11-24t10:00:00z', '2026-11-24T10:00:00.000Z'],
	['2026-11-24 10:00:00', '2026-11-24T10:00:00.000Z'],
	['2026-11-24T10:00-0530', '2026-11-24T15:30:00.000Z'],
	['2026-11-24', '2026-11-24T00:00:00.000Z'],
	['2026-11', '2026-11-01T00:00:00.000Z'],
	['Tue, 24 Nov 2026 10:00:00 GMT', '2026-11-24T10:00:00.000Z'],
	['Tue, 24 Nov 2026 10:00:00 -0500', '2026-11-24T15:00:00.000Z'],
	['24 November 2026 10:00 EST', '2026-11-24T15:00:00.000Z'],
	['Tuesday, 24-Nov-26 10:00:00 CET', '2026-11-24T09:00:00.000Z'],
	['Mon, 6 Sep 99 00:01:00 UT', '1999-09-06T00:01:00.000Z'],
	['Sat, 31 Dec 2016 23:59:60 GMT', '2017-01-01T00:00:00.000Z'],
	['Fri,24 Nov 2023 10:00:00 +0000', '2023-11-24T10:00:00.000Z'],
	['2020/1/10 14:33:00', '2020-01-10T14:33:00.000Z'],
	['Tue Nov 24 10:00:00 2026', '2026-11-24T10:00:00.000Z'],
	['Tue Nov 24 10:00:00 CET 2026', '2026-11-24T09:00:00.000Z'],
	['Tue Nov 24 2026 10:00:00 GMT+0100 (Central European Standard Time)', '2026-11-24T09:00:00.000Z'],
	['November 24, 2026 2:33 PM', '2026-11-24T14:33:00.000Z'],
	['Nov 24, 2026, 12:15 a.m.', '2026-11-24T00:15:00.000Z'],
	['11/24/2026 2:33:00 PM', '2026-11-24T14:33:00.000Z'],
	['24/11/2026 14:33', '2026-11-24T14:33:00.000Z'],
	['Tue, 11/24/2026 - 14:33', '2026-11-24T14:33:00.000Z'],
	['mar, 24/11/2026 - 14:33', '2026-11-24T14:33:00.000Z'],
	['24.11.2026, 14.33 Uhr', '2026-11-24T14:33:00.000Z'],
	['mardi 24 novembre 2026 à 14h33', '2026-11-24T14:33:00.000Z'],
	['le 1er décembre 2026', '2026-12-01T00:00:00.000Z'],
	['mar. 24 nov. 2026 14:33', '2026-11-24T14:33:00.000Z'],
	['mar 3 mar 2026', '2026-03-03T00:00:00.000Z'],
	['24 juil. 2026', '2026-07-24T00:00:00.000Z'],
	['am 24. März 2026 um 14.33 Uhr MEZ', '2026-03-24T13:33:00.000Z'],
	['Mi, 25 Dez 2024 10:00:00 +0100', '2024-12-25T09:00:00.000Z'],
	['martes, 24 de noviembre de 2026 14:33', '2026-11-24T14:33:00.000Z'],
	['24 de março de 2026 às 14h33', '2026-03-24T14:33:00.000Z'],
	['martedì 24 novembre 2026 ore 14:33', '2026-11-24T14:33:00.000Z'],
	['dinsdag 24 november 2026 om 14:33', '2026-11-24T14:33:00.000Z'],
	['zo 1 mrt 2026', '2026-03-01T00:00:00.000Z'],
	['3rd March 2026', '2026-03-03T00:00:00.000Z'],
	['Tue, 24 Nov 2026 10:00:00 ET', '2026-11-24T15:00:00.000Z'],
	['Fri, 24 Jul 2026 10:00:00 ET', '2026-07-24T14:00:00.000Z'],
	['Fri, 24 Jul 2026 10:00:00 PT', '2026-07-24T17:00:00.000Z'],
	['Fri, 24 Jul 2026 10:00:00 CT', '2026-07-24T15:00:00.000Z'],
	['Fri, 24 Jul 2026 10:00:00 MEST', '2026-07-24T08:00:00.000Z'],
	['Fri, 24 Jul 2026 10:00:00 BST', '2026-07-24T09:00:00.000Z'],
	['24 Nov 2026 10:00 Europe/Paris', '2026-11-24T09:00:00.000Z'],
	['Tue, 24 Nov 2026 10:00:00 UTC+1', '2026-11-24T09:00:00.000Z'],
	['1795514400', '2026-11-24T10:00:00.000Z'],
	['1795514400000', '2026-11-24T10:00:00.000Z'],
	['2026-11-24T10:00:00,5Z', '2026-11-24T10:00:00.500Z'],
	['20261124T100000Z', '2026-11-24T10:00:00.000Z'],
	['2026-11-24T1000+0100', '2026-11-24T09:00:00.000Z'],
	['2026-11-24T10:00:00+01:00[Europe/Paris]', '2026-11-24T09:00:00.000Z'],
	['2026年11月24日', '2026-11-24T00:00:00.000Z'],
	['  Tue, 24 Nov 2026  ', '2026-11-24T00:00:00.000Z'],
])('%s is %s', (text, instant) => expect(parseFeedDate(text)?.toISOString()).toBe(instant))

it.each([
	'',
	'yesterday',
	'Story 5',
	'2026',
	'2026-02-31',
	'2026-13-01',
	'2026-11-24T25:00:00Z',
	'2026-11-24T10:00:00+99:00',
	'2026-11-24T10:00:00+01:0',
	'Tue, 24 Foo 2026 10:00:00 GMT',
	'0001-01-01T00:00:00Z',
	`Tue, ${' '.repeat(100_000)}24 Nov 2026`,
])('%j is no date', (text) => expect(parseFeedDate(text)).toBeNull())

const now = new Date('2026-11-27T12:00:00Z')

/** The days of a feed whose items are dated like that. */
function days(dates: string[], language: string | null = 'fr'): Array<string | undefined> {
	const items = dates.map((date) => ({ published: [date], updated: [] }))
	return readFeedDates(items, { language, now }).map(({ published }) => published?.toISOString().slice(0, 10))
}

it('decides once for a feed whether the day or the month comes first', () => {
	// 25 can be no month
	expect(days(['11/10/2026', '10/25/2026'])).toEqual(['2026-11-10', '2026-10-25'])
	expect(days(['10/11/2026', '25/10/2026'], 'en-us')).toEqual(['2026-11-10', '2026-10-25'])
	// the third of December is still to come
	expect(days(['12/03/2026'], 'en-us')).toEqual(['2026-03-12'])
	expect(days(['03/12/2026'], 'fr')).toEqual(['2026-03-12'])
	// from the newest to the oldest
	expect(days(['03/11/2026', '02/12/2026', '01/10/2026'], 'fr')).toEqual([
		'2026-03-11',
		'2026-02-12',
		'2026-01-10',
	])
	// nothing but the language, or the way of telling the time
	expect(days(['04/03/2026'], 'fr')).toEqual(['2026-03-04'])
	expect(days(['04/03/2026'], 'en-US')).toEqual(['2026-04-03'])
	expect(days(['04/03/2026 2:33 PM'], null)).toEqual(['2026-04-03'])
	expect(days(['04.03.2026'], 'en-US')).toEqual(['2026-03-04'])
})

it('says which date of an item could not be read, and takes the next that can', () => {
	const items = [
		{ published: ['24 Foo 2026'], updated: [] },
		{ published: ['soon', '2026-11-24'], updated: [] },
		{ published: ['Thu, 01 Jan 1970 00:00:00 +0000'], updated: ['2026-11-24'] },
		{ published: [], updated: [] },
	]
	const day = new Date('2026-11-24')
	expect(readFeedDates(items, { language: null, now })).toEqual([
		{ published: null, updated: null, unread: '24 Foo 2026' },
		{ published: day, updated: null, unread: null },
		{ published: null, updated: day, unread: null },
		{ published: null, updated: null, unread: null },
	])
})
