import { expect, it } from 'vitest'
import { namePage } from '../../../src/digests/archive/name-page.ts'

const none = new Set<string>()
const day = '2026-11-26'

it('The name of a page can be read and typed', () => {
	expect(namePage(day, 'A school kitchen opens, and attendance doubles', none)).toBe(
		`${day}-a-school-kitchen-opens-and-attendance-doubles`,
	)
	expect(namePage(day, 'L’œuvre d’Éloïse : ça, là & plus', none)).toBe(`${day}-l-oeuvre-d-eloise-ca-la-plus`)
	expect(namePage(day, '../../<script>?#%00', none)).toBe(`${day}-script-00`)
})

it('A title in another script leaves the day, and a long one is cut between words', () => {
	expect(namePage(day, 'مطبخ مدرسة', none)).toBe(day)
	const name = namePage(day, 'reconstruction '.repeat(20), none)
	expect(name.length).toBeLessThanOrEqual(day.length + 71)
	expect(name).toMatch(/-reconstruction$/)
	expect(namePage(day, 'x'.repeat(500), none).length).toBeLessThanOrEqual(day.length + 71)
})

it('Two of a day that are called alike are told apart', () => {
	const taken = new Set([`${day}-news`, `${day}-news-2`])
	expect(namePage(day, 'News', taken)).toBe(`${day}-news-3`)
	expect(namePage(day, '…', new Set([day]))).toBe(`${day}-2`)
})
