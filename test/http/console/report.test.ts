import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listAudit } from '../../../src/audit/index.ts'
import { planDigest } from '../../../src/deliveries/index.ts'
import { triggerDigest } from '../../../src/digests/index.ts'
import { operator } from '../../../src/kernel/actor.ts'
import { type ConsoleBrowser, signInAs } from '../../support/console-browser.ts'
import { makeNewsletter, makeReader, makeReaders, makeStory } from '../../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

describe('the report of a digest', () => {
	let app: TestApp
	let viewer: ConsoleBrowser
	beforeAll(async () => {
		app = await startTestApp({ workers: false })
		viewer = await signInAs(app, 'viewer')
	})
	afterAll(() => app?.close())

	async function makeOver(newsletterId: number, accepted: number, state = 'completed'): Promise<number> {
		const audience = JSON.stringify({ candidates: accepted, planned: accepted, excluded: {} })
		const { rows } = await sql<{ id: number }>`
			insert into digests (newsletter_id, public_id, state, trigger, audience, completed_at)
			values (${newsletterId}, ${`over-${newsletterId}-${accepted}`}, ${state}, 'staff', ${audience}::jsonb, now())
			returning id`.execute(app.db)
		const id = rows[0]?.id ?? 0
		await sql`
			insert into delivery_tallies (digest_id, backend, state, reason, count)
			values (${id}, 1, 'planned', '', ${-accepted}), (${id}, 1, 'accepted', '', ${accepted})`.execute(app.db)
		return id
	}

	it('has the eleven before it that went out, each with its own sums, and none after it', async () => {
		const { id: newsletterId } = await makeNewsletter(app)
		const ids: number[] = []
		for (let accepted = 1; accepted <= 13; accepted++) ids.push(await makeOver(newsletterId, accepted))
		await makeOver(newsletterId, 100, 'cancelled')
		const last = await makeOver(newsletterId, 50)
		await makeOver(newsletterId, 60)
		const { text } = await viewer.get(`/console/digests/${last}/report.csv`).expect(200)
		const rows = text
			.trim()
			.split(/\r?\n/)
			.slice(1)
			.map((line) => line.split(',').map((cell) => cell.replaceAll('"', '')))
		const sums = rows.map(([digest, , planned, accepted]) => [digest, planned, accepted].map(Number))
		expect(sums).toEqual([...ids.slice(2).map((id, index) => [id, index + 3, index + 3]), [last, 50, 50]])
		await viewer.get(`/console/digests/${last}`).expect(200)
	})

	it('has each reader’s delivery as a table, for who may see addresses, and it is in the log', async () => {
		const newsletter = await makeNewsletter(app)
		await makeStory(app, newsletter.id)
		await makeReaders(app, newsletter.id, 2_003)
		// no formula of a spreadsheet
		await makeReader(app, newsletter.id, { address: '=cmd@x.example' })
		const made = await triggerDigest(app, newsletter.id, { by: operator })
		if (made.kind !== 'created') throw new Error(made.kind)
		const { id } = made.digest
		await planDigest(app, id)
		await app.db.updateTable('digests').set({ state: 'cancelled' }).where('id', '=', id).execute()
		const path = `/console/digests/${id}/deliveries.csv`
		expect((await viewer.get(`/console/digests/${id}`)).text).not.toContain(path)
		await viewer.get(path).expect(403)
		const approver = await signInAs(app, 'approver')
		expect((await approver.get(`/console/digests/${id}`)).text).toContain(`href="${path}"`)
		const { text, headers } = await approver.get(path).expect(200)
		expect(headers['content-disposition']).toContain(`digest-${id}-deliveries.csv`)
		const lines = text.trim().split('\r\n')
		expect(lines[0]).toBe('"address","state","attempts","due","changed","reply"')
		expect(lines).toHaveLength(2_005)
		expect(new Set(lines).size).toBe(2_005)
		expect(text).toContain('"\'=cmd@x.example","planned"')
		const log = await listAudit(app, { subject: `digest:${id}`, limit: 20 })
		expect(log.filter(({ action }) => action === 'export')).toHaveLength(1)
	})
})
