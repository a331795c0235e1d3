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

it('The first of a month has its ordinal in French, wherever it stands', () => {
	const fr = speakTimes(messages, 'fr', 'UTC')
	const first = new Date('2026-12-01T09:00:00Z')
	const { day, fullDay, weekday, weekdayFirst, shortWeekday, shortDay, shortDate, month, time } = fr
	const said = [day, fullDay, weekday, weekdayFirst, shortWeekday, shortDay, shortDate].map((say) =>
		say(first),
	)
	expect(said).toEqual([
		...['1er décembre', '1er décembre 2026', 'mardi 1er décembre', 'Mardi 1er décembre'],
		...['Mar. 1er', 'Mar. 1er déc.', '1er déc. 2026'],
	])
	expect([month(first), time(first), fr.day(thursday)]).toEqual(['déc. 2026', '9\u00a0h', '3 décembre'])
	expect(fr.day(new Date('2026-12-11T09:00:00Z'))).toBe('11 décembre')
	expect(speakTimes(messages, 'en', 'UTC').weekday(first)).toBe('Tuesday 1 December')
})

it('One is not called several, and none in French is not either', () => {
	const fr = (key: string, params: Record<string, number>) => messages.text('fr', key, params)
	expect(fr('console.check.button', { count: 0, number: 0 })).toBe('Envoyer à personne')
	expect(fr('console.digest.cancel_now', { count: 0, number: 0 })).toBe('Annuler')
	expect(fr('console.digest.cancel_now', { count: 1, number: 1 })).toBe('Annuler pour un lecteur')
	expect(fr('console.check.passed', { count: 0 })).toBe('Aucune vérification réussie')
	expect(fr('console.report.why', { count: 1 })).toBe('Pourquoi 1 n’est pas arrivé')
	expect(fr('console.report.why', { count: 1_234 })).toBe('Pourquoi 1\u202f234 ne sont pas arrivés')
	expect(fr('console.draft.stories_count', { count: 3, out: 0 })).toBe('3 dans l’envoi, 0 écarté')
	expect(fr('console.draft.length', { count: 0 })).toContain('0 caractère.')
	expect(fr('console.home.stories_of', { count: 1, all: 1 })).toBe('1 sur 1 nouveau')
	expect(fr('cli.relay.connections', { count: 1 })).toBe('1 connexion')
	expect(fr('errors.sign_in.clock_off', { minutes: 1 })).toContain('décalée d’une minute')
	expect(fr('errors.draft.other_readers', { readers: 1, seen: 9 })).toContain('1 lecteur le recevrait')
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
