import { afterAll, expect, it } from 'vitest'
import { listVisitors, openDraft, pruneDrafts, visitDraft } from '../../../src/digests/index.ts'
import { operator } from '../../../src/kernel/actor.ts'
import { addMember, memberInput } from '../../../src/staff/index.ts'
import { makeNewsletter } from '../../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

let app: TestApp
afterAll(() => app?.close())

it('Who has a draft open is known to the others for a minute, and forgotten after a day', async () => {
	app = await startTestApp({ workers: false })
	const { id } = await openDraft(app, (await makeNewsletter(app)).id, { actor: operator })
	const member = memberInput.parse({ name: 'Luc', email: 'luc@staff.example', role: 'editor' })
	const luc = { id: (await addMember(app, member, operator)).id, name: 'Luc' }
	await visitDraft(app, id, luc)
	await visitDraft(app, id, luc)
	expect(await listVisitors(app, id, 0)).toEqual(['Luc'])
	expect(await listVisitors(app, id, luc.id)).toEqual([])
	app.clock.advance({ seconds: 61 })
	expect(await listVisitors(app, id, 0)).toEqual([])
	const kept = () => app.db.selectFrom('draft_visits').selectAll().execute()
	await pruneDrafts(app)
	expect(await kept()).toHaveLength(1)
	app.clock.advance({ days: 1 })
	await pruneDrafts(app)
	expect(await kept()).toEqual([])
})
