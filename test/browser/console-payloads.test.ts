import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { raiseRelayAlert } from '../../src/alerts/index.ts'
import { insertEvent } from '../../src/bounces/store/events.ts'
import { openDraft, saveDraftTexts, stepDraft, triggerDigest } from '../../src/digests/index.ts'
import { operator } from '../../src/kernel/actor.ts'
import { hashAddress } from '../../src/kernel/keys.ts'
import { ownReason } from '../../src/kernel/own-reason.ts'
import { addTopic } from '../../src/newsletters/index.ts'
import { addMember, memberInput } from '../../src/staff/index.ts'
import { giveLeavingReason, unsubscribe, unsubscribeUrl } from '../../src/subscriptions/index.ts'
import { suppress } from '../../src/suppressions/index.ts'
import { bringFile } from '../support/bring-file.ts'
import { makeNewsletter, makeReader, makeStory } from '../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'
import { consolePages } from './console-pages.ts'
import { chromiumPath, closePages, openBrowser } from './open-browser.ts'

const payload =
	'"><img src=x onerror="window.ran=1"><script>window.ran=1</script>\'"</textarea></title>{{7*7}}<%= 7 %>'

const feed = `<?xml version="1.0"?><rss version="2.0"><channel><title><![CDATA[A feed <b>${payload}]]></title>
	<item><title><![CDATA[${payload}]]></title><link>https://example.net/1</link><guid>1</guid></item></channel></rss>`
const home = `<!doctype html><title>Charity</title><link rel="alternate" type="application/rss+xml" href="/feed.xml"
	title="A feed &lt;b&gt;${payload.replaceAll('"', '&quot;')}">`

let app: TestApp
let browser: Browser
let site: Server
let feedHost: string
beforeAll(async () => {
	if (!chromiumPath) return
	browser = await openBrowser()
	site = createServer(({ url }, response) => {
		const isFeed = url === '/feed.xml'
		response.setHeader('Content-Type', isFeed ? 'application/rss+xml' : 'text/html')
		response.end(isFeed ? feed : home)
	}).listen(0, '127.0.0.1')
	await once(site, 'listening')
	feedHost = `127.0.0.1:${(site.address() as AddressInfo).port}`
	app = await startTestApp({
		config: { smtpUrl: 'smtp://127.0.0.1:9?tls=never', feedAllowedHosts: [feedHost] },
	})
})
afterAll(async () => {
	await closePages()
	await app?.close()
	site?.close()
})

/** A reader with everything that others say of one: their name, their site, a server's words, staff's remark. Gives who it is. */
async function makeReturned({ id: newsletterId, slug }: { id: number; slug: string }): Promise<number> {
	const subscriptionId = await makeReader(app, newsletterId, { address: 'awa@example.net', source: 'form' })
	const text = { name: payload.slice(0, 60), description: payload }
	await addTopic(app, slug, { slug: 'water', texts: { en: text } }, operator)
	await app.db
		.updateTable('subscriptions')
		.set({ source_host: payload })
		.where('id', '=', subscriptionId)
		.execute()
	await app.db
		.updateTable('subscribers')
		.set({ given_name: payload.slice(0, 40) })
		.execute()
	const addressHash = hashAddress(app.keys, 'awa@example.net')
	const at = new Date()
	const event = {
		...{
			via: 'inbound' as const,
			kind: 'bounce' as const,
			class: 'content' as const,
			hard: false,
			status: '5.7.1',
		},
		...{ reply: '550', diagnostic: payload, digestId: null, domain: payload, occurredAt: at, recordedAt: at },
	}
	const matched = { matchedBy: 'return_path' as const, subscriptionId, addressHash }
	await insertEvent(app.db, { ...event, ...matched, externalId: 'matched' })
	const unmatched = { matchedBy: null, subscriptionId: null, addressHash: null }
	await insertEvent(app.db, { ...event, ...unmatched, externalId: 'unmatched' })
	const suppression = { addressHash: hashAddress(app.keys, 'x@example.net'), reason: 'staff' as const }
	await suppress(app.db, { ...suppression, evidence: payload, at })
	const { subscriber_id } = await app.db
		.selectFrom('subscriptions')
		.select('subscriber_id')
		.executeTakeFirstOrThrow()
	return subscriber_id
}

/** A digest that went out, and what a reader wrote on leaving by it. Gives its number. */
async function makeSent(newsletterId: number): Promise<number> {
	const made = await triggerDigest(app, newsletterId, { by: operator })
	if (made.kind !== 'created') throw new Error(made.kind)
	const { id } = made.digest
	await app.db.updateTable('digests').set({ state: 'completed', completed_at: new Date() }).execute()
	const subscriptionId = await makeReader(app, newsletterId, { address: 'gone@example.net' })
	const token = unsubscribeUrl(app, { subscriptionId, digestId: id }).split('/').at(-1) ?? ''
	await unsubscribe(app, { token, page: 'one-click', ip: '192.0.2.1' })
	await giveLeavingReason(app, { token, reason: 'other', comment: payload })
	return id
}

describe.skipIf(!chromiumPath)('what others write', () => {
	it('runs in no page of the console and in no preview, even without the content policy', async () => {
		const newsletter = await makeNewsletter(app, {
			texts: { en: { name: payload.slice(0, 90) }, fr: { name: 'Nouvelles' } },
		})
		await makeStory(app, newsletter.id, { title: payload, summary: payload })
		const reader = await makeReturned(newsletter)
		const reason = ownReason('held_account', payload)
		await raiseRelayAlert(app, { name: payload, cause: 'account', reason, refused: 3 })
		await app.db
			.insertInto('relay_tests')
			.values({ relay: '127.0.0.1:9', tested_at: new Date(), trouble: 'refused', said: payload })
			.execute()
		// what it carries is no number: it fails
		await app.jobs.enqueue('poll-source', { sourceId: payload } as never)
		await app.drain()
		const digest = await makeSent(newsletter.id)
		await makeStory(app, newsletter.id, { title: payload, summary: payload })
		const draft = await openDraft(app, newsletter.id, { actor: operator })
		const introduction = {
			en: `${payload} [x](javascript:window.ran=1) [${payload}](https://example.net/"onmouseover="window.ran=1)`,
		}
		// braces belong to patterns
		const line = payload.replace(/\{.*\}/, '').slice(0, 150)
		const texts = { subject: { en: line }, preheader: { en: line }, introduction }
		await saveDraftTexts(app, draft.id, { base: draft.versionId, texts }, operator)
		const words = { title: payload, summary: payload, link: null, pictureAlt: payload }
		const picture = `https://example.net/"onerror="window.ran=1.jpg`
		const own = { writtenAt: '2026-11-20T10:00:00Z', picture, versions: { en: words } }
		const written = await stepDraft(app, draft.id, { own: 'new', as: own }, operator)
		await makeStory(app, newsletter.id, { title: payload, backlog: true })
		const at = new Date()
		const waiting = { occurrence: at, first_occurrence: at, goes_at: new Date(at.getTime() + 3_600_000) }
		const held = { held_at: at, held_why: 'person' as const, held_by_name: payload }
		await app.db
			.updateTable('digest_drafts')
			.set({ ...waiting, ...held })
			.execute()
		const member = memberInput.parse({
			name: payload.slice(0, 90),
			email: 'amina@example.net',
			role: 'owner',
		})
		const { link } = await addMember(app, member, operator)
		const context = await browser.newContext({ bypassCSP: true })
		const page = await context.newPage()
		const said: string[] = []
		page.on('dialog', (dialog) => said.push(dialog.message()))
		await page.goto(link)
		await page.locator('input[name="password"]').fill('four words nobody puts together')
		await page.locator('main button').click()
		await page.waitForURL(/\/console\/newsletters\//)
		// somebody else wrote it, asks for approval, and had it sent back; who looks has seen what it was before
		await addMember(
			app,
			memberInput.parse({ name: payload.slice(0, 90), email: 'luc@example.net', role: 'editor' }),
			operator,
		)
		const [reads, writes] = await app.db.selectFrom('staff_members').select('id').orderBy('id').execute()
		await app.db
			.updateTable('draft_versions')
			.set({ saved_by_id: writes?.id ?? 0 })
			.execute()
		await app.db.updateTable('newsletters').set({ needs_approval: true }).execute()
		const asked = { asked_at: at, asked_by_name: payload, note: payload, note_at: at, note_by_name: payload }
		await app.db
			.insertInto('draft_approvals')
			.values({ draft_id: draft.id, ...asked })
			.execute()
		const look = { member_id: reads?.id ?? 0, version_id: draft.versionId, readers: 7, at }
		await app.db
			.insertInto('draft_looks')
			.values({ draft_id: draft.id, ...look })
			.execute()
		await app.db
			.insertInto('test_lists')
			.values({ newsletter_id: newsletter.id, name: payload, addresses: [payload] })
			.execute()
		const cell = `"${payload.replaceAll('"', '""')}"`
		const table = `email,${cell}\n${cell},${cell}\nawa@example.net,${cell}\n`
		const file = await bringFile(app, table, { newsletter: newsletter.slug })
		const base = `/console/newsletters/${newsletter.slug}`
		const [story = 0] = draft.content.storyIds
		const paths = [
			base,
			`${base}/alerts`,
			`${base}/readers?state=`,
			`${base}/readers/${reader}`,
			`${base}/readers/${reader}/choices`,
			`${base}/returned`,
			'/console/returned',
			'/console/suppressions',
			`${base}/digests`,
			`${base}/sources?url=${encodeURIComponent(payload)}`,
			`${base}/settings`,
			`${base}/sender`,
			`${base}/look`,
			`${base}/look/mail`,
			'/console/system',
			`${base}/schedule`,
			`/console/drafts/${draft.id}`,
			`/console/drafts/${draft.id}?edit=${story}`,
			`/console/drafts/${draft.id}?edit=-1`,
			`/console/drafts/${draft.id}/earlier?title=${encodeURIComponent('<')}`,
			`/console/drafts/${draft.id}/versions?version=${written.versionId}`,
			`/console/drafts/${draft.id}/preview`,
			`/console/drafts/${draft.id}/preview?format=text`,
			`/console/drafts/${draft.id}/preview/mail`,
			`/console/drafts/${draft.id}/check`,
			`/console/drafts/${draft.id}/approve`,
			`${base}/test-lists`,
			'/console/people',
			`/console/drafts/${draft.id}/hold`,
			'/console/account',
			`/console/sign-in?to=${encodeURIComponent(payload)}`,
			`${base}/sources?url=${encodeURIComponent(`http://${feedHost}/`)}`,
			...consolePages
				// a webhook has nothing that others write
				.filter((path) => !['/console/welcome/{token}', '/console/webhooks/{id}'].includes(path))
				.map((path) => {
					const [, place = ''] = /\/(drafts|readers|imports)\//.exec(path) ?? []
					const id = { drafts: draft.id, readers: reader, imports: file.id }[place] ?? digest
					return path.replace('{slug}', newsletter.slug).replace('{id}', String(id)).replace('{locale}', 'en')
				}),
		]
		let shown = 0
		for (const path of new Set(paths)) {
			const answer = await page.goto(app.url + path)
			expect([path, answer?.status()]).toEqual([path, 200])
			// `goto` has waited for pictures and frames; these fetch more by script
			if (/preview|look/.test(path)) await page.waitForLoadState('networkidle')
			for (const frame of page.frames())
				expect([path, await frame.evaluate('window.ran')]).toEqual([path, undefined])
			const text = String(await page.evaluate('document.body.innerText'))
			expect([path, text.includes('{{49}}')]).toEqual([path, false])
			if (text.includes('onerror')) shown++
		}
		expect(said).toEqual([])
		// as letters it is there to be read
		expect(shown).toBeGreaterThan(20)
		await context.close()
	}, 60_000)
})
