import { expect, it } from 'vitest'
import { nextGoing } from '../../src/newsletters/index.ts'

const weekly = { cron: '0 7 * * 4', timeZone: 'America/Toronto' }
// Thursday 12 March, 08:00 in Toronto: between the draft and its going out
const now = new Date('2026-03-12T12:00:00Z')

it.each([
	['at once', undefined, '2026-03-19T11:00:00.000Z'],
	['later on the same day', { sendAt: '09:00' }, '2026-03-12T13:00:00.000Z'],
	['when that time has gone by, next week', { sendAt: '07:30' }, '2026-03-19T11:30:00.000Z'],
	[
		'on the next day, where the time is before that of the draft',
		{ sendAt: '06:00' },
		'2026-03-13T10:00:00.000Z',
	],
	['not by itself', { sendAt: null }, undefined],
])('The next digest goes out %s', (_, draftFirst, expected) => {
	const schedule = draftFirst ? { ...weekly, draftFirst } : weekly
	expect(nextGoing(schedule, now)?.toISOString()).toBe(expected)
})
