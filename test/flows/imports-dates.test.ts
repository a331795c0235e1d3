import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { operator } from '../../src/kernel/actor.ts'
import {
	beginCheck,
	beginRun,
	changeImport,
	continueImport,
	getImport,
	listImportRows,
	rowsToCorrect,
} from '../../src/subscriptions/index.ts'
import { bringFile, outcomesOf } from '../support/bring-file.ts'
import { makeNewsletter } from '../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'

// which of the numbers of 05/06/2024 is the day, by the whole file

let app: TestApp

beforeAll(async () => {
	app = await startTestApp({ workers: false })
	await makeNewsletter(app, { slug: 'news' })
	await makeNewsletter(app, { slug: 'lettre', defaultLocale: 'fr' })
})
afterAll(() => app?.close())

let files = 0
/** A file of days, one a row from line 2 on. */
function fileOf(...days: string[]): string {
	const file = ++files
	return `email,joined\n${days.map((day, index) => `r${index}@dates${file}.example,${day}\n`).join('')}`
}

/** More rows than the look at the beginning reads, and than are kept at once. */
const doubtful = (count: number) => Array.from({ length: count }, () => '05/06/2024')

async function joinedOf(importId: number): Promise<string[]> {
	const rows = await app.db
		.selectFrom('import_rows')
		.select('joined_at')
		.where('import_id', '=', importId)
		.where('outcome', '=', 'new')
		.orderBy('number')
		.execute()
	return [...new Set(rows.map(({ joined_at }) => joined_at?.toISOString().slice(0, 10) ?? 'none'))]
}

describe('The order of days', () => {
	it('is the one that a single row proves, wherever it stands', async () => {
		const found = await bringFile(app, fileOf(...doubtful(2_600), '14/06/2024', ...doubtful(5)))
		expect(found.shape).toMatchObject({ dateOrder: 'day_first', dateOrderBy: 'rows', dateOrderLine: 2_602 })
		expect(outcomesOf(found)).toEqual({ new: 2_606 })
		expect(await joinedOf(found.id)).toEqual(['2024-06-05', '2024-06-14'])
	})

	it('is that of most rows where they contradict each other, and the others are listed with line and reason', async () => {
		const days = ['06/14/2024', ...doubtful(1_100), '15/06/2024', '16/06/2024']
		const found = await bringFile(app, fileOf(...days))
		expect(found.shape).toMatchObject({
			dateOrder: 'day_first',
			dateOrderBy: 'contradictions',
			dateOrderLine: 1_103,
		})
		expect(outcomesOf(found)).toEqual({ new: 1_102, unusable: 1 })
		const [row] = await listImportRows(app, found.id, { outcomes: ['unusable'], limit: 5 }, operator)
		expect(row).toMatchObject({ line: 2, reason: 'errors.import.row.date_order' })
		expect(await joinedOf(found.id)).toEqual(['2024-06-05', '2024-06-15', '2024-06-16'])
	})

	it('is asked for where nothing proves it: till then it is the usual one in the language', async () => {
		const english = await bringFile(app, fileOf('05/06/2024'))
		expect(english.shape).toMatchObject({ dateOrder: 'month_first', dateOrderBy: 'language' })
		const french = await bringFile(app, fileOf('05/06/2024'), { newsletter: 'lettre' })
		expect(french.shape).toMatchObject({ dateOrder: 'day_first', dateOrderBy: 'language' })
		expect(await joinedOf(french.id)).toEqual(['2024-06-05'])

		await changeImport(app, french.id, { shape: { dateOrder: 'month_first' } }, operator)
		await beginCheck(app, french.id, operator)
		await continueImport(app, { importId: french.id })
		const said = await getImport(app, french.id, operator)
		expect(said.shape).toMatchObject({ dateOrder: 'month_first', dateOrderBy: 'staff', dateOrderLine: null })
		expect(await joinedOf(french.id)).toEqual(['2024-05-06'])
	})

	it('is what staff says, whatever the rows prove, also when columns are changed after', async () => {
		const file = fileOf('14/06/2024', '05/06/2024')
		const { id } = await bringFile(app, file, { shape: { dateOrder: 'month_first' } })
		const changed = await changeImport(app, id, { shape: { columns: ['address', 'confirmed_at'] } }, operator)
		expect(changed.shape).toMatchObject({ dateOrder: 'month_first', dateOrderBy: 'staff' })
		await beginCheck(app, id, operator)
		await continueImport(app, { importId: id })
		expect(outcomesOf(await getImport(app, id, operator))).toEqual({ new: 1, unusable: 1 })
	})

	it('goes on after a crash with what the rows before it prove', async () => {
		const { id } = await bringFile(app, fileOf('14/06/2024', ...doubtful(2_000)))
		await app.db.deleteFrom('import_rows').where('import_id', '=', id).where('number', '>', 1_000).execute()
		await app.db
			.updateTable('imports')
			.set({ state: 'checking', staged: 1_000 })
			.where('id', '=', id)
			.execute()
		await continueImport(app, { importId: id })
		const found = await getImport(app, id, operator)
		expect(found.shape).toMatchObject({ dateOrderBy: 'rows', dateOrderLine: 2 })
		expect(outcomesOf(found)).toEqual({ new: 2_001 })
	})

	it('is found in the end where rows come to as much for one as for the other', async () => {
		app.clock.set(new Date('2026-07-15T12:00:00Z'))
		// in one order each of these is yet to come
		const [one, other] = ['03/11/2026', '11/03/2026']
		const found = await bringFile(app, fileOf(one, ...doubtful(1_100), other), { newsletter: 'lettre' })
		expect(found.shape).toMatchObject({ dateOrder: 'day_first', dateOrderBy: 'language' })
		expect(outcomesOf(found)).toEqual({ new: 1_102 })
	})

	it('goes along with the rows to correct, which need not prove it', async () => {
		const days = '14/06/2024\nnobody,05/06/2024\nnor.this,2024-06-05 10:00\n'
		const file = `email,joined\na@rows.example,14/06/2024\nb@rows.example,${days}`
		const { id, state } = await bringFile(app, file)
		expect(state).toBe('checked')
		const joined = async () => {
			const found = await rowsToCorrect(app, id, operator)
			const cells: Array<string | undefined> = []
			for await (const rows of found.rows) cells.push(...rows.map((row) => row.cells?.[1]))
			return cells
		}
		expect(await joined()).toEqual(['2024-06-05', '2024-06-05 10:00'])
		await beginRun(app, id, operator)
		await continueImport(app, { importId: id })
		expect(await joined()).toEqual(['2024-06-05', '2024-06-05 10:00'])
	})
})
