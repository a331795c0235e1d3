import PostalMime, { type Email } from 'postal-mime'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { createComposer } from '../../src/deliveries/create-composer.ts'
import {
	planDigest,
	RelayPool,
	readMessageId,
	sendDigest,
	sendTestDigest,
} from '../../src/deliveries/index.ts'
import { listDigests, previewDigest, triggerDigest } from '../../src/digests/index.ts'
import { operator } from '../../src/kernel/actor.ts'
import { hashAddress, randomToken, verifyToken } from '../../src/kernel/keys.ts'
import type { Newsletter } from '../../src/newsletters/index.ts'
import { suppress } from '../../src/suppressions/index.ts'
import { makeNewsletter, makeReader, makeStory } from '../support/make-newsletter.ts'
import { type SmtpSink, startSmtpSink } from '../support/smtp-sink.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'

const publicUrl = 'https://news.charity.example'
let sink: SmtpSink
let app: TestApp
let newsletter: Newsletter
beforeAll(async () => {
	sink = await startSmtpSink()
	app = await startTestApp({
		workers: false,
		config: {
			publicUrl,
			smtpUrl: sink.url,
			bounceDomain: 'bounces.charity.example',
			feedbackSenderId: 'charity1',
		},
	})
})
afterAll(async () => {
	await app.close()
	await sink.close()
})
beforeEach(async () => {
	newsletter = await makeNewsletter(app, {
		texts: { en: { name: 'Été "News"' }, fr: { name: 'Nouvelles du monde' } },
		listIdDomain: 'lists.charity.example',
	})
})
afterEach(() => sink.reset())

type Sent = { digestId: number; subscriptionId: number; from: string; raw: string; mail: Email }

async function sendOne(locale = 'en'): Promise<Sent> {
	await makeStory(app, newsletter.id, {
		locale,
		title: 'Café & <b>croissants</b> {{unsubscribe}} <%= 7*7 %>',
	})
	const subscriptionId = await makeReader(app, newsletter.id, { address: 'Ada.Lovelace@example.net', locale })
	const triggered = await triggerDigest(app, newsletter.id, { by: operator })
	if (triggered.kind !== 'created') throw new Error(triggered.kind)
	const digestId = triggered.digest.id
	await planDigest(app, digestId)
	await sendDigest({ ...app, relays: new RelayPool(app) }, { digestId, lane: 0 })
	const [message] = sink.messages
	if (!message) throw new Error('nothing was sent')
	return { digestId, subscriptionId, ...message, mail: await PostalMime.parse(message.raw) }
}

/** All fields of the header, unfolded. */
function fieldsOf(raw: string): Array<[name: string, value: string]> {
	const header = raw.slice(0, raw.indexOf('\r\n\r\n')).replace(/\r\n[ \t]+/g, ' ')
	return header.split('\r\n').map((line) => {
		const colon = line.indexOf(':')
		return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
	})
}

test('A digest has every header that it must have, once (U1, U2, H1, H2, H3, H4, H6, H7, F1, F2, F12)', async () => {
	const { raw, digestId, subscriptionId } = await sendOne()
	const fields = fieldsOf(raw)
	const names = fields.map(([name]) => name)
	expect(names).toEqual([...new Set(names)])
	const headers = Object.fromEntries(fields)
	expect(headers).toMatchObject({
		from: expect.stringMatching(/<news@charity\.example>$/),
		'reply-to': 'team@charity.example',
		to: 'Ada.Lovelace@example.net',
		'list-id': expect.stringMatching(/<news-\d+\.lists\.charity\.example>$/),
		'list-unsubscribe-post': 'List-Unsubscribe=One-Click',
		'list-post': 'NO',
		'list-owner': '<mailto:team@charity.example>',
		'feedback-id': `d${digestId}:${newsletter.slug}:digest:charity1`,
		precedence: 'bulk',
		'auto-submitted': 'auto-generated',
		'mime-version': '1.0',
	})
	expect(headers.date).toBeDefined()
	expect(names).not.toContain('return-path')
	expect(names).not.toContain('disposition-notification-to')
	const [, token = ''] = /^<https:\/\/news\.charity\.example\/unsubscribe\/([^>]+)>$/.exec(
		headers['list-unsubscribe'] ?? '',
	) ?? ['']
	expect(verifyToken(app.keys, 'unsubscribe', token)).toEqual([subscriptionId, digestId])
	expect(headers['message-id']).toMatch(/@charity\.example>$/)
	expect(readMessageId(app.keys, headers['message-id'] ?? '')).toEqual({ digestId, subscriptionId })
})

test('The envelope sender tells the recipient (H8, S5)', async () => {
	const { from, digestId, subscriptionId } = await sendOne()
	const [, token = ''] = /^bounces\+(.+)@bounces\.charity\.example$/.exec(from) ?? ['']
	expect(verifyToken(app.keys, 'return-path', token, 'hex')).toEqual([digestId, subscriptionId])
})

test('Both parts have the story and the reader’s own way out; no syntax in a story takes effect (U13, T5, F7)', async () => {
	const { mail, raw } = await sendOne()
	expect(mail.text).toContain('Café & <b>croissants</b> {{unsubscribe}} <%= 7*7 %>')
	expect(mail.html).toContain('Caf&eacute; &amp; &lt;b&gt;croissants'.replace('&eacute;', 'é'))
	expect(mail.html).toContain('{{unsubscribe}}')
	const links = [mail.text, mail.html].map(
		(part) => /https:\/\/news\.charity\.example\/unsubscribe\/[\w.-]+/.exec(part ?? '')?.[0],
	)
	expect(links[0]).toBe(links[1])
	expect(fieldsOf(raw).find(([name]) => name === 'list-unsubscribe')?.[1]).toBe(`<${links[0]}>`)
	expect(mail.html).toMatch(/https:\/\/news\.charity\.example\/digests\/[\w-]{22}\/en/)
	expect(raw).not.toContain('slot_')
	expect(raw.split('\r\n').every((line) => line.length <= 998)).toBe(true)
	expect(raw.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
	expect(raw.indexOf('text/plain')).toBeLessThan(raw.indexOf('text/html'))
})

test('A test goes to the addresses given, marked, in each language; nothing is stored and it can’t unsubscribe (U14)', async () => {
	await makeStory(app, newsletter.id, { title: 'News' })
	await makeStory(app, newsletter.id, { title: 'Nouvelles', locale: 'fr' })
	const sent = await sendTestDigest(app, newsletter.id, { addresses: ['boss@charity.example'] }, operator)
	expect(sent).toMatchObject({
		kind: 'sent',
		results: [
			{ address: 'boss@charity.example', locale: 'en', outcome: { kind: 'accepted' } },
			{ address: 'boss@charity.example', locale: 'fr', outcome: { kind: 'accepted' } },
		],
	})
	const mails = await Promise.all(sink.messages.map(({ raw }) => PostalMime.parse(raw)))
	expect(mails[0]?.subject).toMatch(/^\[Test\] /)
	expect(mails[1]?.subject).toMatch(/^\[Essai\] /)
	for (const { headers, html, text } of mails) {
		expect(headers.map(({ key }) => key)).not.toContain('list-unsubscribe')
		expect(`${html}${text}`).not.toMatch(/\/unsubscribe\/|slot_/)
	}
	expect(await listDigests(app, newsletter.id)).toEqual([])
	expect(await previewDigest(app, newsletter.id)).toHaveLength(2)
})

test('A test can be in one language; it spares suppressed addresses and refuses what is no address', async () => {
	await makeStory(app, newsletter.id)
	const addressHash = hashAddress(app.keys, 'gone@example.net')
	await suppress(app.db, { addressHash, reason: 'staff', evidence: null, at: app.clock.now() })
	const addresses = ['gone@example.net', 'here@example.net']
	const sent = await sendTestDigest(app, newsletter.id, { addresses, locale: 'en' }, operator)
	expect(sent).toMatchObject({
		results: [{ outcome: { kind: 'suppressed' } }, { outcome: { kind: 'accepted' } }],
	})
	expect(await sendTestDigest(app, newsletter.id, { addresses, locale: 'fr' }, operator)).toEqual({
		kind: 'nothing_new',
	})
	await expect(sendTestDigest(app, newsletter.id, { addresses: ['a@b@c'] }, operator)).rejects.toMatchObject({
		fields: [{ field: 'addresses.0', message: 'errors.address.several_ats' }],
	})
	await expect(sendTestDigest(app, newsletter.id, { addresses: [] }, operator)).rejects.toMatchObject({
		code: 'invalid',
	})
})

test('a digest of many variants holds the stories that they have in common once', async () => {
	const stories = Array.from(
		{ length: 8 },
		(_, index) => `Story ${index}\n${`Of ${index}. `.repeat(2_000)}\n`,
	)
	const renditions = Array.from({ length: 40 }, (_, id) => {
		const text = stories.filter((_, index) => index !== id % 8).join('')
		return { id, locale: 'en' as const, subject: `Variant ${id}`, html: text, text, nonce: randomToken() }
	})
	const compose = await createComposer(app, { digest: { id: 1 }, newsletter, renditions })
	const held = new Set<ArrayBufferLike>()
	let sent = 0
	for (const { id } of renditions) {
		const { raw } = compose({ subscriptionId: 1, renditionId: id, local: 'ada', domain: 'example.net' })
		if (typeof raw === 'string') throw new Error('a message in pieces was expected')
		for (const piece of raw.body) {
			sent += piece.length
			if (typeof piece !== 'string') held.add(piece.buffer)
		}
	}
	const bytes = [...held].reduce((sum, { byteLength }) => sum + byteLength, 0)
	// a fifth of them is held whole
	expect(bytes).toBeLessThan(0.4 * sent)
})
