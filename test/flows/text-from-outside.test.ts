import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createMailboxReceiver, readStoredReport } from '../../src/bounces/index.ts'
import { messageIdOf } from '../../src/deliveries/delivery-tokens.ts'
import { planDigest, RelayPool, sendDigest } from '../../src/deliveries/index.ts'
import { settleOneByOne } from '../../src/deliveries/lane/settle-one-by-one.ts'
import { digestProgress, triggerDigest } from '../../src/digests/index.ts'
import { operator } from '../../src/kernel/actor.ts'
import { addSource, pollSource } from '../../src/stories/index.ts'
import { makeNewsletter, makeReaders, makeStory } from '../support/make-newsletter.ts'
import { deliveryReport } from '../support/returned-mail.ts'
import { type SmtpSink, startSmtpSink } from '../support/smtp-sink.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'

const password = 'b1c0ffee-b1c0ffee-b1c0ffee'
const readers = 24

let sink: SmtpSink
let feeds: Server
let feed = ''
let app: TestApp
beforeAll(async () => {
	sink = await startSmtpSink()
	feeds = createServer((_, response) => response.setHeader('Content-Type', 'application/feed+json').end(feed))
	await new Promise<void>((resolve) => feeds.listen(0, '127.0.0.1', resolve))
	app = await startTestApp({
		workers: false,
		config: {
			smtpUrl: sink.url,
			bounceDomain: 'bounces.example.org',
			webhookSecrets: { postmark: password },
			feedAllowedHosts: ['127.0.0.1'],
		},
	})
})
afterAll(async () => {
	await app?.close()
	await sink?.close()
	feeds?.close()
})

/** Any text, with what databases choke on more often than chance has it. */
const anyText = fc
	.array(
		fc.oneof(
			fc.constantFrom('\0', '\ud800', '\udc00', '\ufffe', '\u0085', '\\u0000', '\\', "'", '{'),
			fc.string({ unit: 'binary', maxLength: 12 }),
		),
		{ maxLength: 6 },
	)
	.map((parts) => parts.join(''))
const texts = fc.array(anyText, { minLength: readers, maxLength: readers })
const few = { numRuns: 4 }

async function planned(): Promise<number> {
	const newsletter = await makeNewsletter(app)
	await makeReaders(app, newsletter.id, readers)
	await makeStory(app, newsletter.id)
	const triggered = await triggerDigest(app, newsletter.id, { by: operator })
	if (triggered.kind !== 'created') throw new Error(triggered.kind)
	await planDigest(app, triggered.digest.id)
	return triggered.digest.id
}

const inOneLine = (text: string) => text.replace(/[\r\n]/g, ' ')

async function firstDelivery(digestId: number) {
	const { rows } = await sql<{ subscriptionId: number; address: string }>`
		select d.subscription_id as "subscriptionId", p.local_part || '@' || p.domain as address
		from deliveries d join subscriptions s on s.id = d.subscription_id join subscribers p on p.id = s.subscriber_id
		where d.digest_id = ${digestId} order by 1 limit 1`.execute(app.db)
	const [row] = rows
	if (!row) throw new Error('no delivery')
	return { ...row, messageId: messageIdOf(app.keys, { digestId, ...row }, 'charity.example') }
}

describe('any text at all is stored, and holds up nothing, where it comes', { timeout: 120_000 }, () => {
	it('from the relay', async () => {
		await fc.assert(
			fc.asyncProperty(texts, async (said) => {
				const digestId = await planned()
				sink.reset()
				app.logged.length = 0
				sink.script = (stage, { to }) => {
					const number = Number(/\d+/.exec(to)?.[0] ?? 0)
					const words = inOneLine(said[number % readers] ?? '')
					if (stage === 'message' && number % 3 === 0) return `250 ok ${words}`
					if (stage === 'message' && number % 3 === 1) return `450 4.2.0 ${words} later`
					return stage === 'rcpt' && number % 3 === 2 ? `550 5.1.1 ${words}` : undefined
				}
				await sendDigest({ ...app, relays: new RelayPool(app, { pauseMs: 1 }) }, { digestId, lane: 0 })
				const { accepted, refused, due, inDoubt } = await digestProgress(app, digestId)
				expect(accepted + refused + due).toBe(readers)
				expect(inDoubt).toBe(0)
				// cleaned at the border, so that the database is given nothing that it refuses
				expect(app.logged.join('\n')).not.toContain('its words are left out')
			}),
			few,
		)
	})

	it('in a report, its fields and its headers, by IMAP', async () => {
		const digestId = await planned()
		const { messageId, address } = await firstDelivery(digestId)
		const { receive } = createMailboxReceiver(app)
		await fc.assert(
			fc.asyncProperty(anyText, async (text) => {
				const words = inOneLine(text)
				const report = deliveryReport({
					to: 'news@charity.example',
					recipient: `${address}`,
					originalRecipient: `${words}@readers.example`,
					diagnostic: `550 5.2.2 ${words} mailbox full`,
					envelopeId: words,
					returned: `Message-ID: ${messageId}\nSubject: ${words}\nX-${words}: ${words}`,
				})
				await receive(Buffer.from(`Received: ${words}\n${report}`))
				const stored = await app.db
					.selectFrom('bounce_reports')
					.select('id')
					.orderBy('id', 'desc')
					.limit(1)
					.execute()
				const id = stored[0]?.id
				expect(id).toBeDefined()
				if (id !== undefined) await readStoredReport(app, id)
				const open = await app.db.selectFrom('bounce_events').select('diagnostic').execute()
				expect(open.every(({ diagnostic }) => !diagnostic?.includes('\0'))).toBe(true)
			}),
			{ numRuns: 30 },
		)
	})

	it('in a webhook', async () => {
		await fc.assert(
			fc.asyncProperty(anyText, fc.uuid(), async (text, id) => {
				await app.request
					.post('/webhooks/bounces/postmark')
					.auth('envoi', password)
					.send({
						...{ RecordType: 'Bounce', ID: id, Type: 'HardBounce', Email: 'x@example.net' },
						...{
							Details: text,
							Description: text,
							Name: text,
							Content: text,
							Subject: text,
							MessageID: text,
						},
					})
					.expect(200)
			}),
			{ numRuns: 30 },
		)
	})

	it('in a feed', async () => {
		const newsletter = await makeNewsletter(app)
		const url = `http://127.0.0.1:${(feeds.address() as AddressInfo).port}/feed`
		const source = await addSource(app, { newsletterId: newsletter.id, url, locale: 'en' }, operator)
		await fc.assert(
			fc.asyncProperty(anyText, fc.uuid(), async (text, id) => {
				feed = JSON.stringify({
					version: 'https://jsonfeed.org/version/1.1',
					title: text,
					language: text,
					items: [
						{
							id,
							url: `https://charity.test/${id}`,
							title: `A ${text}`,
							content_text: text,
							summary: text,
							tags: [text],
						},
						{
							id: `${id}${text}`,
							url: `https://charity.test/${text}`,
							image: `https://charity.test/${text}`,
							title: text,
							content_html: `<p>${text}</p>`,
							authors: [{ name: text }],
						},
					],
				})
				app.clock.advance({ days: 1 })
				expect(await pollSource(app, { sourceId: source.id })).toMatchObject({ kind: 'read' })
			}),
			{ numRuns: 30 },
		)
	})
})

it('An outcome that the database refuses holds up no other, and its words are left out', async () => {
	const digestId = await planned()
	await sql`update deliveries set state = 'sending', worker = 'w', attempts = 1 where digest_id = ${digestId}`.execute(
		app.db,
	)
	const { rows } = await sql<{
		id: number
	}>`select subscription_id as id from deliveries where digest_id = ${digestId}`.execute(app.db)
	const settled = rows.map(({ id }, index) => ({
		subscriptionId: id,
		attempts: 1,
		kind: 'accepted' as const,
		reply: index === 3 ? '250 ok \0' : '250 ok',
	}))
	await settleOneByOne(app, { digestId, worker: 'w' }, settled)
	const replies = await sql<{ reply: string; count: number }>`
		select reply, count(*)::int as count from deliveries where digest_id = ${digestId} and state = 'accepted' group by 1 order by 1`.execute(
		app.db,
	)
	expect(replies.rows).toEqual([
		{ reply: '250 ok', count: readers - 1 },
		{ reply: 'envoi: unstorable', count: 1 },
	])
	expect(app.logged.join('\n')).toContain('its words are left out')
})
