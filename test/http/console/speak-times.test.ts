import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { speakTimes } from '../../../src/http/console/speak-times.ts'
import { loadMessages } from '../../../src/kernel/messages.ts'

const messages = loadMessages(fileURLToPath(new URL('../../../src/strings/', import.meta.url)))
const thursday = new Date('2026-12-03T12:00:00Z')

it('A day of the week has a capital in French only where it comes first', () => {
	const [en, fr] = [speakTimes(messages, 'en', 'UTC'), speakTimes(messages, 'fr', 'UTC')]
	expect([en.weekday(thursday), en.weekdayFirst(thursday)]).toEqual([
		'Thursday 3 December',
		'Thursday 3 December',
	])
	expect([fr.weekday(thursday), fr.weekdayFirst(thursday)]).toEqual(['jeudi 3 décembre', 'Jeudi 3 décembre'])
	expect(fr.shortWeekday(thursday)).toBe('Jeu. 3')
})

it('One reader who does not get a story is not called several', () => {
	const why = (locale: string, readers: number) =>
		messages.text(locale, 'console.checks.untranslated_missing.why', {
			title: 'A well',
			readers,
			readersNumber: String(readers),
		})
	expect(why('en', 1)).toBe('“A well”. 1 reader doesn’t get it.')
	expect(why('en', 2)).toBe('“A well”. 2 readers don’t get it.')
	expect(why('fr', 1)).toContain('1 personne ne le recevra pas.')
	expect(why('fr', 2)).toContain('2 personnes ne le recevront pas.')
})
