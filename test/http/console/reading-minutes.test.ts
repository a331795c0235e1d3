import { expect, it } from 'vitest'
import { readingMinutes } from '../../../src/http/console/drafts/reading-minutes.ts'

it('Reading takes a minute at least, and one for each 200 words', () => {
	expect(readingMinutes([])).toBe(1)
	expect(readingMinutes(['L’eau de l’école – **enfin** !'])).toBe(1)
	expect(readingMinutes([Array.from({ length: 700 }, () => 'mot').join(' '), 'one '.repeat(100)])).toBe(4)
})
