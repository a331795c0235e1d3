import { readFile } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { recordRefusals } from '../../src/bounces/index.ts'
import { reconcileDeliveries } from '../../src/deliveries/index.ts'
import {
	digestProgress,
	findWebVersion,
	getDigest,
	previewDigest,
	resumeAfterRestore,
	resumeDigest,
} from '../../src/digests/index.ts'
import { variantKey } from '../../src/digests/variant-key.ts'
import { operator } from '../../src/kernel/actor.ts'
import { type SmtpSink, startSmtpSink } from '../support/smtp-sink.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'

// A pg_dump that the version at migration 0008 left in the middle of its work: 5 newsletters with 12 readers each (every
// third reads French), and of each one digest: planning, completed, cancelled, paused after 6, and one that was just being
// sent: 4 accepted, 1 refused, 1 in doubt, 1 put off, 4 under a lease, 1 due.
const fixture = new URL('../db/fixtures/while-sending-at-0008.sql.gz', import.meta.url)
const digests = { planning: 1, completed: 2, cancelled: 3, paused: 4, sending: 5 }

let dump: string
let app: TestApp
let sink: SmtpSink
beforeAll(async () => {
	sink = await startSmtpSink()
	dump = gunzipSync(await readFile(fixture)).toString()
	app = await startTestApp({
		backup: dump,
		config: { smtpUrl: sink.url, smtpConnections: 2 },
	})
})
afterAll(async () => {
	await app.close()
	await sink.close()
})

test('Digests of before go on under their variants, whatever they were in the middle of: nobody is lost, nobody gets one twice', async () => {
	// which of two jobs comes first is chance: the refusal of reader 5, or the digest that is still to be planned
	await recordRefusals(app, digests.sending)
	// a dump that was restored elsewhere sends nothing by itself
	await resumeAfterRestore(app, operator)
	const takenBefore = await takenReaders()
	await reconcileDeliveries(app)
	await app.drain()
	await resumeDigest(app, digests.paused, operator)
	await app.drain()
	// who was put off is due by the database's clock
	await sql`update deliveries set due_at = now() where state = 'planned'`.execute(app.db)
	await reconcileDeliveries(app)
	await app.drain()

	// reader 5's address was found dead meanwhile
	expect(await progressOf('planning')).toMatchObject({ state: 'completed', accepted: 11, inDoubt: 0 })
	expect(await progressOf('completed')).toMatchObject({ state: 'completed', accepted: 12 })
	expect(await progressOf('cancelled')).toMatchObject({ state: 'cancelled', accepted: 0 })
	expect(await progressOf('paused')).toMatchObject({ state: 'completed', accepted: 12, inDoubt: 0 })
	expect(await progressOf('sending')).toMatchObject({
		state: 'completed',
		accepted: 6,
		refused: 1,
		inDoubt: 5,
	})

	const mailed = sink.messages.map(({ to, raw }) => `${subjectOf(raw)} ${to}`)
	expect(mailed).toHaveLength(11 + 6 + 2)
	expect(new Set(mailed).size).toBe(mailed.length)
	expect(mailed.filter((each) => takenBefore.has(each))).toEqual([])
})

test('Each reader gets the stories of their language', () => {
	for (const { to, raw } of sink.messages) {
		const isFrench = Number(/\d+/.exec(to)?.[0]) % 3 === 0
		expect([to, /en français/.test(subjectOf(raw))]).toEqual([to, isFrench])
	}
})

test('Their pages on the web and what was shown stay as they were', async () => {
	const { publicId, renditions } = await getDigest(app, digests.completed)
	expect(renditions).toMatchObject([
		{ locale: 'en', storyCount: 2, droppedStories: 0 },
		{ locale: 'fr', storyCount: 1, droppedStories: 0 },
	])
	expect(await findWebVersion(app, publicId, 'en')).toContain('completed in English')
	expect(await findWebVersion(app, publicId, 'fr')).toContain('completed en français')
	// what they showed is not shown again
	const { newsletterId } = await getDigest(app, digests.completed)
	expect(await previewDigest(app, newsletterId)).toEqual([])
})

test('The variants have the keys that new ones would have', async () => {
	const { rows } = await sql<{ locale: string; key: string; ids: number[] }>`
		select locale, key, array_agg(story_id::int order by position) as ids
		from variants v join variant_stories s on s.variant_id = v.id group by v.id`.execute(app.db)
	expect(rows).toHaveLength(10)
	for (const { locale, key, ids } of rows) {
		expect(key).toBe(variantKey({ locale, stories: ids.map((id) => ({ id })) }))
	}
})

test('What was shown is not shown again, where the rendition that showed it is gone', async () => {
	const { completed } = digests
	const backup = `${dump}; delete from public.renditions where digest_id = ${completed} and locale = 'fr';`
	const other = await startTestApp({ workers: false, backup })
	const { newsletterId, renditions } = await getDigest(other, completed)
	expect(renditions.map(({ locale }) => locale)).toEqual(['en'])
	expect(await previewDigest(other, newsletterId)).toEqual([])
	await other.close()
}, 90_000)

async function progressOf(name: keyof typeof digests) {
	const { digest, ...sums } = await digestProgress(app, digests[name])
	expect([name, sums.balanced]).toEqual([name, true])
	return { state: digest.state, ...sums }
}

/** Who may have each digest already, as `SUBJECT ADDRESS`. */
async function takenReaders(): Promise<Set<string>> {
	const { rows } = await sql<{ subject: string; address: string }>`
		select r.subject, p.local_part || '@' || p.domain as address
		from deliveries d
		join renditions r on r.id = d.rendition_id
		join subscriptions s on s.id = d.subscription_id
		join subscribers p on p.id = s.subscriber_id
		where d.state in ('accepted', 'sending', 'in_doubt', 'refused')`.execute(app.db)
	return new Set(rows.map(({ subject, address }) => `${subject} ${address}`))
}

function subjectOf(raw: string): string {
	const [, coded = ''] = /^Subject: (.*(?:\r\n[ \t].*)*)/m.exec(raw) ?? []
	return coded
		.replace(/\r\n[ \t]/g, ' ')
		.replace(/=\?utf-8\?q\?(.*?)\?=\s*/gi, (_, text: string) =>
			decodeURIComponent(text.replaceAll('_', ' ').replaceAll('=', '%')),
		)
}
