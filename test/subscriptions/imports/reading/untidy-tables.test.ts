import { describe, expect, it } from 'vitest'
import { createReadReader, lookAtFile } from '../../../../src/subscriptions/imports/reading/index.ts'
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
