import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { planDigest } from '../../../src/deliveries/index.ts'
import { openCorrection, openDraft, triggerDigest } from '../../../src/digests/index.ts'
import { operator } from '../../../src/kernel/actor.ts'
import { type ConsoleBrowser, signInAs } from '../../support/console-browser.ts'
import { makeNewsletter, makeReader, makeStory } from '../../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

// the tables that grow with the audience
const large = ['subscribers', 'subscriptions', 'deliveries', 'consent_receipts', 'bounce_events']

// indexes that hold nothing but a list, in its order: read up to the end of a page
const ofTheListAlone = ['bounce_events_unmatched']

type Asked = { text: string; values: unknown[] }
type PlanNode = {
	'Node Type': string
	'Relation Name'?: string
	'Index Name'?: string
	'Index Cond'?: string
	Plans?: PlanNode[]
}

/** What is asked of PostgreSQL meanwhile. */
async function record(work: () => Promise<unknown>): Promise<Asked[]> {
	const asked: Asked[] = []
	const { query } = pg.Client.prototype
	pg.Client.prototype.query = function (this: pg.Client, ...given: unknown[]) {
		const [first, second] = given as [string | { text?: string; values?: unknown[] }, unknown[] | undefined]
		const text = typeof first === 'string' ? first : (first?.text ?? '')
		const values = (typeof first === 'string' ? second : (first?.values ?? second)) ?? []
		if (/^\s*(?:select|with)\b/i.test(text)) asked.push({ text, values: Array.isArray(values) ? values : [] })
		return (query as (...all: unknown[]) => unknown).apply(this, given)
	} as typeof query
	try {
		await work()
	} finally {
		pg.Client.prototype.query = query
	}
	return asked
}

function scansOf(node: PlanNode): string[] {
	const own = node['Relation Name'] ?? ''
	const isWhole =
		node['Node Type'] === 'Seq Scan' ||
		(/^Index(?: Only)? Scan$/.test(node['Node Type']) &&
			node['Index Cond'] === undefined &&
			!ofTheListAlone.includes(node['Index Name'] ?? ''))
	return [
		...(large.includes(own) && isWhole ? [`${node['Node Type']} of ${own}`] : []),
		...(node.Plans ?? []).flatMap(scansOf),
	]
}

describe.skipIf(inject('parts') === 'embedded')(
	'no page of the console reads a whole table that grows',
	() => {
		let app: TestApp
		let owner: ConsoleBrowser
		let client: pg.Client
		const paths: string[] = []
		beforeAll(async () => {
			app = await startTestApp({ workers: false })
			owner = await signInAs(app, 'owner')
			const { id, slug } = await makeNewsletter(app)
			await makeReader(app, id, { address: 'awa@example.net' })
			await makeStory(app, id)
			const made = await triggerDigest(app, id, { by: operator })
			if (made.kind !== 'created') throw new Error(made.kind)
			await planDigest(app, made.digest.id)
			await makeStory(app, id)
			const over = await triggerDigest(app, id, { by: operator })
			if (over.kind !== 'created') throw new Error(over.kind)
			await planDigest(app, over.digest.id)
			await app.db
				.updateTable('digests')
				.set({ state: 'completed', completed_at: app.clock.now() })
				.where('id', '=', over.digest.id)
				.execute()
			await makeStory(app, id)
			const draft = await openDraft(app, id, { actor: operator })
			await app.db
				.updateTable('digests')
				.set({ state: 'cancelled' })
				.where('id', '=', made.digest.id)
				.execute()
			const texts = { subject: {}, introduction: { en: 'What is right' } }
			const correction = await openCorrection(app, made.digest.id, { texts, actor: operator })
			await app.db.updateTable('digests').set({ state: 'sending' }).where('id', '=', made.digest.id).execute()
			// written by a member, and to be approved by another
			await app.db.updateTable('newsletters').set({ needs_approval: true }).where('id', '=', id).execute()
			await app.db
				.updateTable('draft_versions')
				.set(({ selectFrom }) => ({
					saved_by_id: selectFrom('staff_members').select(({ fn }) => fn.min<number>('id').as('id')),
				}))
				.execute()
			const reader = await app.db.selectFrom('subscribers').select('id').executeTakeFirstOrThrow()
			const base = `/console/newsletters/${slug}`
			paths.push(
				base,
				...[
					'alerts',
					'digests',
					'readers',
					'readers?address=awa',
					'readers?state=',
					'readers?state=active&language=en&source=page&rhythm=each&from=2026-01-01&to=2026-12-31',
					'readers?state=pending&after=1790000000000000_5',
					'readers?state=paused',
					'readers?state=out&source=page',
					`readers?state=out_complaint&after=1790000000000000_${'x'.repeat(43)}`,
					'readers?source=form%3Aother',
					'readers?address=awa&state=active',
					'readers.csv?language=en',
					`readers/${reader.id}`,
					`readers/${reader.id}/choices`,
					'returned',
					'returned?class=address&from=2026-01-01&to=2026-12-31',
					`returned?digest=${made.digest.id}&after=1790000000000_5`,
					'sources',
					'settings',
					'sender',
					'look',
					'look/mail',
					'topics',
					'forms',
				].map((path) => `${base}/${path}`),
				`/console/digests/${made.digest.id}`,
				...['', '?ask=refused', '?ask=in_doubt'].map((ask) => `/console/digests/${over.digest.id}${ask}`),
				`/console/digests/${over.digest.id}/archive/en`,
				...['', '/preview', '/check', '/earlier?title=a', '/approve'].map(
					(path) => `/console/drafts/${draft.id}${path}`,
				),
				`/console/drafts/${draft.id}/versions?version=${draft.versionId}`,
				...['', '/preview', '/check'].map((path) => `/console/drafts/${correction.id}${path}`),
				'/console/returned',
				'/console/suppressions',
				`/console/suppressions?kind=complaint&of=${'x'.repeat(43)}`,
				'/console/people',
				'/console/audit',
				'/console/system',
			)
			client = new pg.Client(app.config.databaseUrl)
			await client.connect()
			await client.query('set enable_seqscan = off; set enable_bitmapscan = off')
		})
		afterAll(async () => {
			await client?.end()
			await app?.close()
		})

		it('but by an index, or a tally beside it', async () => {
			const found: string[] = []
			for (const path of paths) {
				const asked = await record(() => owner.get(path).expect(200))
				expect(asked.length).toBeGreaterThan(0)
				for (const { text, values } of asked) {
					const { rows } = await client.query(`explain (format json) ${text}`, values)
					const scans = scansOf(rows[0]['QUERY PLAN'][0].Plan)
					found.push(
						...scans.map((scan) => `${path}: ${scan} for ${text.replace(/\s+/g, ' ').slice(0, 160)}`),
					)
				}
			}
			expect(found).toEqual([])
		}, 60_000)
	},
)
