import { afterAll, beforeAll, expect, it } from 'vitest'
import { operator } from '../../../src/kernel/actor.ts'
import { addDays } from '../../../src/kernel/clock.ts'
import { beginUndo, getImport, importDays, pruneImports } from '../../../src/subscriptions/index.ts'
import { bringFile, importFile } from '../../support/bring-file.ts'
import { makeNewsletter } from '../../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

let app: TestApp
beforeAll(async () => {
	app = await startTestApp({ workers: false })
	await makeNewsletter(app, { slug: 'news' })
})
afterAll(() => app?.close())

it('forgets the rows of an import that is over, and the file of one that never ran; the import stays, with its sums', async () => {
	const csv = 'email\none@prune.example\n'
	const never = await bringFile(app, csv)
	const done = await importFile(app, csv)
	const count = async (table: 'import_rows' | 'import_file_parts') =>
		(await app.db.selectFrom(table).select('import_id').execute()).map((row) => row.import_id)
	// the file of one that is done goes at once
	expect(await count('import_file_parts')).toEqual([never.id])
	expect(await pruneImports(app)).toEqual({ imports: 0 })
	const later = { ...app, clock: { now: () => addDays(app.clock.now(), importDays + 1) } }
	expect(await pruneImports(later)).toEqual({ imports: 2 })
	expect([await count('import_rows'), await count('import_file_parts')]).toEqual([[], []])
	expect(await getImport(app, done.id, operator)).toMatchObject({ state: 'done', outcomes: { new: 1 } })
	await expect(beginUndo(app, done.id, operator)).rejects.toThrow('errors.import.cannot_undo')
})
