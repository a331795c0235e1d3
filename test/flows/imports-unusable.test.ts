import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { operator } from '../../src/kernel/actor.ts'
import {
	beginRun,
	changeImport,
	continueImport,
	correctRow,
	eraseReader,
	getImport,
} from '../../src/subscriptions/index.ts'
import { bringFile, importFile, outcomesOf } from '../support/bring-file.ts'
import { makeNewsletter, makeReader } from '../support/make-newsletter.ts'
import { type StaffCalls, staffOf } from '../support/staff-client.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'

// rows that can't be used, taken out, corrected and brought again

let app: TestApp
let staff: StaffCalls
let newsletterId: number

beforeAll(async () => {
	app = await startTestApp({ workers: false })
	staff = await staffOf(app)
	newsletterId = (await makeNewsletter(app, { slug: 'news' })).id
})
afterAll(() => app?.close())

const tableOf = async (id: number) => (await staff.call('get', `/imports/${id}/unusable.csv`)).text

const file = `E-mail;Prénom;Ville;Inscrit le;Statut
awa@fix.example;Awa;Dakar;14/10/2024;abonnée
bo@@fix.example;"Bo; ""le"" Grand";=cmd|calc;14/10/2024;abonné
cy@fix.example;Cy;Lomé;;abonné
di@fix.example;Di;Thiès;14/10/2024;mauve
"never closed;x
`
const evidence = { kind: 'asked', evidence: 'paper' } as const

describe('The rows to correct', () => {
	it('come in the columns of the file, with line and reason, before it runs and after, and go in again corrected', async () => {
		const brought = await bringFile(app, Buffer.from(file, 'latin1'), { basis: evidence })
		expect(outcomesOf(brought)).toEqual({ new: 1, unusable: 4 })
		const before = await tableOf(brought.id)
		expect(
			before
				.replace(/^\ufeff/, '')
				.trimEnd()
				.split('\r\n'),
		).toEqual([
			'"E-mail";"Prénom";"Ville";"Inscrit le";"Statut";"line";"reason"',
			expect.stringMatching(
				/^"bo@@fix\.example";"Bo; ""le"" Grand";"'=cmd\|calc";"14\/10\/2024";"abonné";3;".+"$/,
			),
			expect.stringMatching(/^"cy@fix\.example";"Cy";"Lomé";"";"abonné";4;".*consented.*"$/),
			expect.stringMatching(/^"di@fix\.example";"Di";"Thiès";"14\/10\/2024";"mauve";5;".*state.*"$/),
			expect.stringMatching(/^"";"";"";"";"";6;".*quotation.*"$/),
		])
		await beginRun(app, brought.id, operator)
		await continueImport(app, { importId: brought.id })
		expect((await getImport(app, brought.id, operator)).state).toBe('done')
		expect(await app.db.selectFrom('import_file_parts').select('part').execute()).toEqual([])
		expect(await tableOf(brought.id)).toBe(before)
		const kept = await app.db
			.selectFrom('import_rows')
			.select('number')
			.where('cells', 'is not', null)
			.execute()
		expect(kept).toHaveLength(4)

		const corrected = before
			.replace('bo@@', 'bo@')
			.replace('"Lomé";""', '"Lomé";"15/10/2024"')
			.replace('mauve', 'abonnée')
		const again = await importFile(app, corrected, { basis: evidence })
		// of the row that could not be taken apart there is nothing to correct
		expect(outcomesOf(again)).toEqual({ new: 3, unusable: 1 })
		expect(again.shape).toMatchObject({ encoding: 'utf-8', separator: ';' })
		expect(again.shape.columns.slice(-2)).toEqual(['left_out', 'left_out'])
	})

	it('are found by their columns also where none of them is corrected', async () => {
		const brought = await bringFile(app, 'Email,City\nno-address,Dakar\nok@fix.example,Lomé\n')
		const again = await bringFile(app, await tableOf(brought.id))
		expect(outcomesOf(again)).toEqual({ unusable: 1 })
	})

	it('have what a column holds for its heading where the file has none', async () => {
		const brought = await bringFile(
			app,
			'Dakar,one@fix.example\nLomé,two@@fix.example\nLomé,three@fix.example\n',
		)
		expect((await tableOf(brought.id)).split('\r\n')[0]).toBe('\ufeff"left_out","address","line","reason"')
	})

	it('are not brought in by another address where that is not what is wrong with them', async () => {
		const brought = await bringFile(
			app,
			'email,status\npending@fix.example,pending\nsome@fix.example,active\n',
		)
		const correcting = correctRow(
			app,
			{ id: brought.id, number: 1, address: 'pending@fix.example' },
			operator,
		)
		await expect(correcting).rejects.toMatchObject({
			code: 'conflict',
			message: 'errors.import.not_by_address',
		})
	})

	it('forget a person who is erased', async () => {
		await makeReader(app, newsletterId, { address: 'gone@fix.example' })
		const brought = await importFile(app, 'email,status\ngone@fix.example,purple\nother@fix.example,active\n')
		expect(await tableOf(brought.id)).toContain('gone@fix.example')
		await eraseReader(app, { address: 'gone@fix.example' }, operator)
		expect(await tableOf(brought.id)).not.toContain('gone@fix.example')
	})

	it('are those of the basis that is declared last', async () => {
		const brought = await bringFile(app, 'email\nday@fix.example\n', { basis: evidence })
		expect(await tableOf(brought.id)).toContain('day@fix.example')
		await changeImport(app, brought.id, { basis: { ...evidence, day: '2024-03-01' } }, operator)
		expect(await tableOf(brought.id)).not.toContain('day@fix.example')
	})
})
