import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readRows } from '../../../src/kernel/csv/read-rows.ts'
import { allRows } from '../../support/all-rows.ts'

type Format = Parameters<typeof readRows>[1]

const bytes = (text: string) => Buffer.from(text)
const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16()

async function rowsOf(content: Buffer, format: Format, pieceBytes = 11): ReturnType<typeof allRows> {
	const pieces = Array.from({ length: Math.ceil(content.length / pieceBytes) }, (_, index) =>
		content.subarray(index * pieceBytes, (index + 1) * pieceBytes),
	)
	return allRows(pieces, format)
}

describe('Rows of a table', () => {
	const format: Format = { encoding: 'utf-8', separator: ',', hasHeader: true }

	it('keep line breaks within quotes, and the number of the line that they begin in', async () => {
		const rows = await rowsOf(
			bytes('email,note\r\na@x.example,"two\r\nlines, ""quoted"""\r\n\r\nb@x.example,\r\n'),
			format,
		)
		expect(rows).toEqual([
			{ line: 2, cells: ['a@x.example', 'two\nlines, "quoted"'] },
			{ line: 5, cells: ['b@x.example', ''] },
		])
	})

	it('lose themselves alone to a quote that is never closed, and to a line without an end', async () => {
		const others = Array.from({ length: 200 }, (_, index) => `r${index}@x.example,R\n`).join('')
		const rows = await rowsOf(
			bytes(
				`email,note\na@x.example,"never closed\n${others}${'z'.repeat(200_000)}\nlast@x.example,L\ncut@x.example,"half`,
			),
			format,
			10_000,
		)
		expect(rows).toHaveLength(204)
		expect(rows[0]).toEqual({ line: 2, cells: [], problem: 'quote' })
		expect(rows[1]).toEqual({ line: 3, cells: ['r0@x.example', 'R'] })
		expect(rows[201]).toEqual({ line: 203, cells: [], problem: 'too_long' })
		expect(rows[202]).toEqual({ line: 204, cells: ['last@x.example', 'L'] })
		expect(rows[203]).toEqual({ line: 205, cells: [], problem: 'quote' })
	})

	it('of a line of 300 MB do not stay in memory', async () => {
		function* pieces() {
			yield bytes('email,name\na@x.example,A\n')
			for (let count = 0; count < 300; count++) yield Buffer.alloc(1_000_000, 'y')
			yield bytes('\nb@x.example,B\n')
		}
		const before = process.memoryUsage().heapUsed
		const rows = []
		let most = 0
		for await (const some of readRows(pieces(), format)) {
			rows.push(...some)
			most = Math.max(most, process.memoryUsage().heapUsed - before)
		}
		expect(rows.map(({ line, problem }) => `${line} ${problem ?? 'read'}`)).toEqual([
			'2 read',
			'3 too_long',
			'4 read',
		])
		expect(most).toBeLessThan(150_000_000)
	})

	const seed = Math.floor(Math.random() * 2 ** 31)
	it(`come back as they were written, however they are quoted and cut (seed ${seed})`, async () => {
		const cell = fc
			.string({ unit: fc.constantFrom('a', 'é', ' ', ',', ';', '\t', '"', '\n', 'ß', '京', '😀', '-') })
			.map((text) => text.trim())
		const rows = fc.array(fc.tuple(fc.constant('a@x.example'), cell, cell), { minLength: 1, maxLength: 20 })
		await fc.assert(
			fc.asyncProperty(
				rows,
				fc.constantFrom(',' as const, ';' as const, '\t' as const),
				fc.constantFrom('\n', '\r\n'),
				fc.constantFrom('utf-8' as const, 'utf-16le' as const, 'utf-16be' as const),
				fc.integer({ min: 1, max: 40 }),
				async (table, separator, end, encoding, pieceBytes) => {
					const quote = (text: string) => (/[",;\t\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
					const text = table.map((row) => row.map(quote).join(separator) + end).join('')
					const content =
						encoding === 'utf-8'
							? bytes(text)
							: encoding === 'utf-16le'
								? Buffer.from(text, 'utf16le')
								: utf16be(text)
					const read = await rowsOf(content, { ...format, hasHeader: false, separator, encoding }, pieceBytes)
					expect(read.map((row) => row.cells)).toEqual(table)
				},
			),
			{ seed, numRuns: 200 },
		)
	})

	const linesOf = async (text: string) => await rowsOf(bytes(text), { encoding: 'utf-8', separator: ',' })
	const cellsOf = async (text: string) => (await linesOf(text)).map(({ cells }) => cells)

	it('may have any line ends, and a byte order mark', async () => {
		expect(await cellsOf('\ufeffa,b\r\nc,d\ne,f\rg,')).toEqual([
			['a', 'b'],
			['c', 'd'],
			['e', 'f'],
			['g', ''],
		])
	})

	it('have quoted cells, with quotes, separators and line ends in them', async () => {
		expect(await cellsOf('"a ""b"" c","d,e","f\r\ng" ,h"i')).toEqual([['a "b" c', 'd,e', 'f\ng', 'h"i']])
	})

	it('say in which line they begin, empty ones counted and left out', async () => {
		const rows = await linesOf('a\n\n , \n"b\nb",c\nd\r\ne')
		expect(rows.map(({ line, cells }) => [line, cells[0]])).toEqual([
			[1, 'a'],
			[4, 'b\nb'],
			[6, 'd'],
			[7, 'e'],
		])
	})

	it('lose blanks, and the apostrophe that keeps a cell from being a formula', async () => {
		expect(await cellsOf(`' a,\t'+b@example.org ,'-1,it's,"'=1"`)).toEqual([
			[`' a`, '+b@example.org', '-1', `it's`, '=1'],
		])
	})

	it('are read where each line is wrapped in quotes, as its headings are', async () => {
		expect(
			await cellsOf(
				'"email,name,lang"\n"a@x.example,Ana,fr"\n"b@x.example,""Diop, Bo"",fr"\nc@x.example,C,en\n',
			),
		).toEqual([
			['email', 'name', 'lang'],
			['a@x.example', 'Ana', 'fr'],
			['b@x.example', 'Diop, Bo', 'fr'],
			['c@x.example', 'C', 'en'],
		])
	})

	it('are left as they are where only some cells hold a separator', async () => {
		const names = 'email\n"Diop, Ana <a@x.example>"\n'
		expect(await cellsOf(names)).toEqual([['email'], ['Diop, Ana <a@x.example>']])
		expect(await cellsOf('"Diop, Ana <a@x.example>"\n')).toEqual([['Diop, Ana <a@x.example>']])
	})
})
