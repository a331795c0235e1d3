import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listDeliveries, pruneLedgers } from '../../src/deliveries/index.ts'
import { digestProgress, triggerDigest } from '../../src/digests/index.ts'
import { operator } from '../../src/kernel/actor.ts'
import { makeNewsletter, makeReader, makeReaders, makeStory } from '../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'

let app: TestApp
beforeAll(async () => {
	app = await startTestApp({ config: { retentionDays: 400 } })
})
afterAll(() => app.close())

async function sent(newsletterId: number): Promise<number> {
	await makeStory(app, newsletterId)
	const made = await triggerDigest(app, newsletterId, { by: operator })
	if (made.kind !== 'created') throw new Error(made.kind)
	await app.drain()
	return made.digest.id
}

const ledgers = async () => {
	const { rows } = await sql<{ name: string }>`
		select inhrelid::regclass::text as name from pg_inherits where inhparent = 'deliveries'::regclass
		order by inhrelid`.execute(app.db)
	return rows.map(({ name }) => name)
}

test('Deliveries of an old digest go, its sums stay, and the links of its mails work on (U10)', async () => {
	const newsletter = await makeNewsletter(app)
	await makeReaders(app, newsletter.id, 5)
	await makeReader(app, newsletter.id, { address: 'left@example.net', state: 'unsubscribed' })
	const old = await sent(newsletter.id)
	const mail = app.captured?.list().find(({ envelope }) => envelope.to === 'reader3@example.net')
	const before = await digestProgress(app, old)
	expect(before).toMatchObject({ accepted: 5, balanced: true })

	app.clock.advance({ days: 399 })
	await pruneLedgers(app)
	expect(await ledgers()).toEqual([`deliveries_${old}`])
	app.clock.advance({ days: 2 })
	await pruneLedgers({ ...app, config: { retentionDays: 0 } })
	expect(await ledgers()).toEqual([`deliveries_${old}`])

	const recent = await sent(newsletter.id)
	await pruneLedgers(app)
	await pruneLedgers(app)
	expect(await ledgers()).toEqual([`deliveries_${recent}`])
	expect(await listDeliveries(app, old)).toEqual([])
	expect(await digestProgress(app, old)).toEqual(before)
	expect(await digestProgress(app, recent)).toMatchObject({ accepted: 5, balanced: true })
	const tallies = await app.db.selectFrom('delivery_tallies').select('digest_id').distinct().execute()
	expect(tallies).toEqual([{ digest_id: recent }])

	const [, path = ''] = /^List-Unsubscribe:\s+<https?:\/\/[^/]+(\/[^>]+)>/m.exec(mail?.raw ?? '') ?? []
	await app.request.post(path).type('form').send('List-Unsubscribe=One-Click').expect(200)
	const states = await app.db.selectFrom('subscriptions').select('state').orderBy('id').execute()
	expect(states.filter(({ state }) => state === 'unsubscribed')).toHaveLength(2)
})
