import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describeCron, describeSchedule } from '../../src/commands/schedule/describe-schedule.ts'
import { readSchedule } from '../../src/commands/schedule/read-schedule.ts'
import { readScheduleOptions } from '../../src/commands/schedule/schedule-options.ts'
import { loadCommandTexts } from '../../src/commands/speak.ts'
import type { MessageParams } from '../../src/kernel/app-error.ts'

const messages = loadCommandTexts()
const contextOf = (locale: string) => ({
	locale,
	t: (key: string, params?: MessageParams) => messages.text(locale, `cli.${key}`, params),
})
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ')

describe('a schedule in words', () => {
	it.each([
		['every Monday 9:00', '0 9 * * 1'],
		['Every monday at 9', '0 9 * * 1'],
		['every Monday 9', '0 9 * * 1'],
		['Mondays at 9.30 am', '30 9 * * 1'],
		['every Tuesday and Friday at 5 pm', '0 17 * * 2,5'],
		['Mon, Wed, Fri 12:15', '15 12 * * 1,3,5'],
		['Monday to Friday 8:30', '30 8 * * 1-5'],
		['every weekday at 8:30', '30 8 * * 1-5'],
		['every working day 8:30', '30 8 * * 1-5'],
		['at weekends, 10:00', '0 10 * * 0,6'],
		['every day 7:05', '5 7 * * *'],
		['daily at noon', '0 12 * * *'],
		['every day at 9:00 and 17:00', '0 9,17 * * *'],
		['every week on Sunday at midnight', '0 0 * * 0'],
		['first Monday of the month 9:00', '0 9 * * 1#1'],
		['every second Tuesday of the month 9:00', '0 9 * * 2#2'],
		['the last Friday of every month at 4 p.m.', '0 16 * * 5L'],
		['on the 1st and 15th of the month at 9:00', '0 9 1,15 * *'],
		['monthly on the 15th, 9:00', '0 9 15 * *'],
		['last day of the month 18:00', '0 18 L * *'],
		['12am every day', '0 0 * * *'],
		['chaque lundi 9 h', '0 9 * * 1'],
		['chaque lundi à 9\u00a0h\u00a030', '30 9 * * 1'],
		['tous les lundis à 9h30', '30 9 * * 1'],
		['le lundi et le jeudi à 14 heures', '0 14 * * 1,4'],
		['du lundi au vendredi à 8 h', '0 8 * * 1-5'],
		['en semaine à 8 h', '0 8 * * 1-5'],
		['chaque jour ouvrable 8 h', '0 8 * * 1-5'],
		['tous les jours à midi', '0 12 * * *'],
		['chaque semaine le mercredi 10:00', '0 10 * * 3'],
		['le premier lundi du mois à 9 h', '0 9 * * 1#1'],
		['chaque dernier vendredi du mois, 16 h', '0 16 * * 5L'],
		['le 1er et le 15 du mois à 9 h', '0 9 1,15 * *'],
		['le dernier jour du mois à minuit', '0 0 L * *'],
		['0 9 * * 1', '0 9 * * 1'],
		[' */15 8-18 * * mon-fri ', '*/15 8-18 * * mon-fri'],
	])('%s is %s', (words, cron) => {
		expect(readSchedule(words)).toEqual({ cron })
	})

	it.each([
		['every other Monday 9:00', 'unclear'],
		['every second Monday 9:00', 'unclear'],
		['toutes les deux semaines 9 h', 'unclear'],
		['every Monday 25:00', 'unclear'],
		['every Monday 9:75', 'unclear'],
		['every day at 9:00 and 17:30', 'unclear'],
		['the 32nd of the month 9:00', 'unclear'],
		['every week 9:00', 'unclear'],
		['every Funday 9:00', 'unclear'],
		['often', 'unclear'],
		['9:00', 'unclear'],
		['* * *', 'unclear'],
		['every Monday', 'no_time'],
		['chaque lundi', 'no_time'],
		['le 15 du mois', 'no_time'],
	])('%s is refused, for it is %s', (words, problem) => {
		expect(readSchedule(words)).toEqual({ problem })
	})

	it('is told with its next time, in both languages', () => {
		const schedule = { cron: '0 9 * * 1', timeZone: 'America/Toronto' }
		const now = new Date('2026-11-27T12:00:00Z')
		expect(plain(describeSchedule(schedule, now, contextOf('en')))).toBe(
			'every Monday 9:00; next: Monday 30 November 2026, 9:00 (America/Toronto)',
		)
		expect(plain(describeSchedule(schedule, now, contextOf('fr')))).toBe(
			'chaque lundi 9 h ; prochain numéro : lundi 30 novembre 2026, 9 h (America/Toronto)',
		)
		const first = { cron: '30 7 1 * *', timeZone: 'UTC' }
		expect(plain(describeSchedule(first, now, contextOf('fr')))).toBe(
			'le 1er du mois 7 h 30 ; prochain numéro : mardi 1er décembre 2026, 7 h 30 (UTC)',
		)
	})

	it.each([
		['0 9 * * mon-fri', 'every weekday 9:00', 'du lundi au vendredi 9 h'],
		['0 9 * * 7', 'every Sunday 9:00', 'chaque dimanche 9 h'],
		['5 9,17 * * *', 'every day 9:05 and 17:05', 'chaque jour 9 h 05 et 17 h 05'],
		['0 9 * * 1#2', 'the second Monday of the month 9:00', 'le deuxième lundi du mois 9 h'],
		['0 9 2,22,23 * *', 'the 2nd, 22nd, and 23rd of the month 9:00', 'le 2, 22 et 23 du mois 9 h'],
		['*/15 8-18 * 3 mon', '*/15 8-18 * 3 mon', '*/15 8-18 * 3 mon'],
		['0 9 1 * 1', '0 9 1 * 1', '0 9 1 * 1'],
	])('is told of the cron pattern %s', (cron, english, french) => {
		expect(plain(describeCron(cron, contextOf('en')))).toBe(english)
		expect(plain(describeCron(cron, contextOf('fr')))).toBe(french)
	})

	it('means what it was told of, whatever days and times they are', () => {
		const numbers = (max: number, min = 0) =>
			fc
				.uniqueArray(fc.integer({ min, max }), { minLength: 1, maxLength: 4 })
				.map((list) => list.toSorted((a, b) => a - b))
		const days = fc.oneof(
			numbers(6).map((list) => `* * ${list.join() === '1,2,3,4,5' ? '1-5' : list.join(',')}`),
			fc
				.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 1, max: 4 }))
				.map(([d, n]) => `* * ${d}#${n}`),
			fc.integer({ min: 0, max: 6 }).map((day) => `* * ${day}L`),
			numbers(31, 1).map((list) => `${list.join(',')} * *`),
			fc.constantFrom('* * *', 'L * *'),
		)
		fc.assert(
			fc.property(fc.integer({ min: 0, max: 59 }), numbers(23), days, (minute, hours, rest) => {
				const cron = `${minute} ${hours.join(',')} ${rest}`
				for (const locale of ['en', 'fr']) {
					const words = describeCron(cron, contextOf(locale))
					expect([words, readSchedule(words)]).toEqual([words, { cron }])
				}
			}),
		)
	})
})

describe('the options of a schedule', () => {
	const { t } = contextOf('en')

	it.each([
		[{ quietHours: '22:00-07:00' }, { quietHours: { from: '22:00', to: '07:00' } }],
		[{ quietHours: '22-7' }, { quietHours: { from: '22:00', to: '07:00' } }],
		[{ quietHours: 'de 22 h à 7 h 30' }, { quietHours: { from: '22:00', to: '07:30' } }],
		[{ quietHours: '10 pm to 7 am' }, { quietHours: { from: '22:00', to: '07:00' } }],
		[{ quietHours: '' }, { quietHours: null }],
		[{ draftFirst: '9 am' }, { draftFirst: { sendAt: '09:00' } }],
		[{ draftFirst: 'attendre' }, { draftFirst: { sendAt: null } }],
		[{ draftFirst: '' }, { draftFirst: null }],
		[{ misfireMinutes: '' }, { misfireMinutes: null }],
		[
			{ misfireMinutes: '30', timeZone: 'UTC' },
			{ misfireMinutes: 30, timeZone: 'UTC' },
		],
		[{ schedule: '' }, null],
		[{}, undefined],
	])('are read one by one: %j', (options, expected) => {
		expect(readScheduleOptions(options, t)).toEqual(expected)
	})

	it('are refused in a sentence where they can’t be read', () => {
		expect(() => readScheduleOptions({ schedule: 'often' }, t)).toThrow('“often” can’t be read as a schedule')
		expect(() => readScheduleOptions({ schedule: 'every Monday' }, t)).toThrow('lacks the time of day')
		expect(() => readScheduleOptions({ quietHours: 'at night' }, t)).toThrow('22:00-07:00')
		expect(() => readScheduleOptions({ draftFirst: 'later' }, t)).toThrow('09:00')
	})
})
