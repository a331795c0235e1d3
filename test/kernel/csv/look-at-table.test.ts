import { describe, expect, it } from 'vitest'
import { lookAtTable } from '../../../src/kernel/csv/look-at-table.ts'

const table = 'Adresse;Prénom\nawa@x.example;Élodie\nbo@x.example;Bo\n'

describe('A look at a table', () => {
	it('guesses its encoding and separator', async () => {
		for (const [content, encoding] of [
			[Buffer.from(table), 'utf-8'],
			[Buffer.from(table, 'latin1'), 'windows-1252'],
			[Buffer.from(`\ufeff${table}`, 'utf16le'), 'utf-16le'],
			[Buffer.from(table, 'utf16le').swap16(), 'utf-16be'],
		] as const) {
			const { format, rows } = await lookAtTable([content])
			expect(format).toEqual({ encoding, separator: ';' })
			expect(rows[1]).toEqual({ line: 2, cells: ['awa@x.example', 'Élodie'] })
		}
		expect((await lookAtTable([Buffer.from('a\tb\n1,5\t2')])).format.separator).toBe('\t')
		expect((await lookAtTable([Buffer.from('"a;b"\n"1;2"\n')])).format.separator).toBe(';')
	})

	it('keeps to what is known better', async () => {
		const asked = { encoding: 'windows-1252', separator: ',' } as const
		const { format, rows } = await lookAtTable([Buffer.from(table)], asked)
		expect(format).toEqual(asked)
		expect(rows[1]?.cells[0]).toBe('awa@x.example;Ã‰lodie')
	})

	it('gives the whole file back, and holds no row that is cut', async () => {
		const line = 'a@x.example,Ana\n'
		const pieces = Array.from({ length: 30 }, () => Buffer.from(line.repeat(1_000)))
		const { rows, all } = await lookAtTable(pieces)
		const back: Uint8Array[] = []
		for await (const piece of all) back.push(piece)
		expect(Buffer.concat(back).equals(Buffer.concat(pieces))).toBe(true)
		expect(new Set(rows.map(({ cells }) => cells.join()))).toEqual(new Set(['a@x.example,Ana']))
	})

	it('says of a row that is longer than what is looked at that it is too long', async () => {
		const { rows } = await lookAtTable([
			Buffer.from(`email,name\na@x.example,${'x'.repeat(500_000)}\nb@x.example,Bo\n`),
		])
		expect(rows).toEqual([
			{ line: 1, cells: ['email', 'name'] },
			{ line: 2, cells: [], problem: 'too_long' },
		])
	})

	it('refuses what is none, by the field that it came in', async () => {
		for (const [content, problem] of [
			[Buffer.alloc(0), 'empty'],
			[Buffer.from('504b0304', 'hex'), 'excel'],
			[Buffer.from('%PDF-1.7'), 'pdf'],
			[Buffer.from([1, 0, 7, 0, 0, 0, 9, 9]), 'not_text'],
		] as const) {
			const refused = { fields: [{ field: 'body', message: `errors.import.file.${problem}` }] }
			await expect(lookAtTable([content], {}, 'body')).rejects.toMatchObject(refused)
		}
	})
})
