import { describe, expect, it } from 'vitest'
import { createReadReader, lookAtFile } from '../../../../src/subscriptions/imports/reading/index.ts'
import { guessDateOrder } from '../../../../src/subscriptions/imports/reading/read-date.ts'
import { allRows } from '../../../support/all-rows.ts'

/** What a table comes to with nothing of it set by a person: addresses, and what is wrong with rows. */
async function readersOf(content: string): Promise<string[]> {
	const pieces = [Buffer.from(content)]
	const { shape } = await lookAtFile(pieces)
	const read = createReadReader(shape, { locales: ['en'], topics: [] })
	const readers: string[] = []
	for (const row of await allRows(pieces, shape)) {
		const made = read(row)
		const { line } = row
		readers.push(
			made.ok ? `${line} ${made.reader.address.comparable} ${made.reader.givenName}` : made.problem,
		)
	}
	return readers
}

describe('Tables as people save them', () => {
	it('may name their separator above the headings, as Excel does', async () => {
		for (const first of ['sep=;', '\ufeffsep=;', '"sep=;"', 'SEP=;']) {
			expect(await readersOf(`${first}\r\nEmail;Prénom;Ville\r\na@x.example;Ana;Paris\r\n`)).toEqual([
				'3 a@x.example Ana',
			])
		}
	})

	it('may have a title above them, which is not taken for how they are separated', async () => {
		const table = 'Abonnés\n\nEmail;Prénom;Ville\na@x.example;Ana;Paris\nb@x.example;Bo;Lyon\n'
		const { shape } = await lookAtFile([Buffer.from(table)])
		expect(shape).toMatchObject({ separator: ';', columns: ['address', 'left_out', 'left_out'] })
		expect(await readersOf(table)).toEqual([
			'errors.address.no_at',
			'4 a@x.example null',
			'5 b@x.example null',
		])
	})

	it('may have characters without width around addresses that were copied from a page', async () => {
		expect(
			await readersOf(
				'email,first name\n\u200ba@x.example,A\nb@x.example\u00a0\u200b,B\nC <c@x.example>\u200e,C\n',
			),
		).toEqual(['2 a@x.example A', '3 b@x.example B', '4 c@x.example C'])
	})
})

describe('The order of a column of days', () => {
	const today = new Date('2026-11-28T10:00:00Z')

	it('is not one by which people have joined in days to come', () => {
		expect(guessDateOrder(['05/12/2026', '06/12/2026', '01/02/2024'], today)).toBe('month_first')
		expect(guessDateOrder(['12/05/2026', '12/06/2026', '01/02/2024'], today)).toBe('day_first')
		expect(guessDateOrder(['29/11/2026'], today)).toBe('day_first')
	})

	it('is the day first where nothing decides', () => {
		expect(guessDateOrder(['05/11/2026', '01/02/2024'], today)).toBe('day_first')
	})
})
