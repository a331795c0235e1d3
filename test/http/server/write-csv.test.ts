import { expect, test } from 'vitest'
import { writeCsv } from '../../../src/http/server/write-csv.ts'

test('Cells that a spreadsheet would take for a formula are made inert, quotes and line breaks are kept (T5)', () => {
	expect(writeCsv([['=1+1', '+1@example.org', '-x', '@sum', '\tx']])).toBe(
		`"'=1+1","'+1@example.org","'-x","'@sum","'\tx"\r\n`,
	)
	expect(writeCsv([['a"b', 'c\nd', 5, null, new Date('2026-01-02T03:04:05Z')]])).toBe(
		'"a""b","c\nd",5,"","2026-01-02T03:04:05.000Z"\r\n',
	)
})
