import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CsvRow, parseCsv } from '../../src/kernel/parse-csv.ts'

async function read(...pieces: Buffer[]): Promise<CsvRow[]> {
	const rows: CsvRow[] = []
	for await (const row of parseCsv(pieces)) rows.push(row)
	return rows
}
const rowsOf = (text: string) => read(Buffer.from(text))
const cellsOf = async (text: string) => (await rowsOf(text)).map(({ cells }) => cells)

describe('a table', () => {
	it('may have any line ends, and a byte order mark', async () => {
		expect(await cellsOf('\ufeffa,b\r\nc,d\ne,f\rg,')).toEqual([
			['a', 'b'],
			['c', 'd'],
			['e', 'f'],
			['g', ''],
		])
	})

	it('is parted by what its first line has most of', async () => {
		expect(await cellsOf('a;b;c,d\n1;2;3')).toEqual([
			['a', 'b', 'c,d'],
			['1', '2', '3'],
		])
		expect(await cellsOf('a\tb\n1,5\t2')).toEqual([
			['a', 'b'],
			['1,5', '2'],
		])
	})

	it('has quoted cells, with quotes, separators and line ends in them', async () => {
		expect(await cellsOf('"a ""b"" c","d,e","f\r\ng" ,h"i')).toEqual([['a "b" c', 'd,e', 'f\r\ng', 'h"i']])
	})

	it('says in which line a row begins, empty rows counted and left out', async () => {
		const rows = await rowsOf('a\n\n , \n"b\nb",c\nd\r\ne')
		expect(rows.map(({ line, cells }) => [line, cells[0]])).toEqual([
			[1, 'a'],
			[4, 'b\nb'],
			[6, 'd'],
			[7, 'e'],
		])
	})

	it('ends with a quote that is never closed', async () => {
		expect(await rowsOf('a,b\n\nc,"d\ne,f')).toEqual([
			{ line: 1, cells: ['a', 'b'] },
			{ line: 3, cells: ['c', 'd\ne,f'] },
		])
	})

	it('loses blanks, and the apostrophe that keeps a cell from being a formula', async () => {
		expect(await cellsOf(`' a,\t'+b@example.org ,'-1,it's`)).toEqual([
			[`' a`, '+b@example.org', '-1', `it's`],
		])
	})

	it('is the same however it is cut', async () => {
		const cell = fc.string({ unit: fc.constantFrom('a', 'é', '😀', ' ', ',', '"', '\n', '\r\n', ';') })
		const table = fc.array(fc.array(cell, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 5 })
		await fc.assert(
			fc.asyncProperty(table, fc.nat(), async (cells, at) => {
				const quoted = cells.map((row) => row.map((text) => `"${text.replaceAll('"', '""')}"`).join(','))
				const bytes = Buffer.from(`head,row,three\n${quoted.join('\r\n')}`)
				const cut = 15 + (at % (bytes.length - 14))
				const whole = await read(bytes)
				expect(await read(bytes.subarray(0, cut), bytes.subarray(cut))).toEqual(whole)
				// what reads as a quoted cell with blanks behind it loses its quotes, even where they were meant
				const tidied = cells.map((row) => row.map((text) => text.replace(/^"(.*)"[ \t]+$/s, '$1').trim()))
				expect(whole.slice(1).map((row) => row.cells)).toEqual(
					tidied.filter((row) => row.some((text) => text !== '')),
				)
			}),
		)
	})
})
