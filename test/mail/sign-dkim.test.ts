import { generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Log } from '../../src/kernel/log.ts'
import type { HeaderFields, MessageContent } from '../../src/kernel/mail.ts'
import { buildMessage } from '../../src/mail/build-message.ts'
import { canonicaliseLineEnds } from '../../src/mail/canonicalise-line-ends.ts'
import { createDkimSigner } from '../../src/mail/sign-dkim.ts'
import { signingMailer } from '../../src/mail/signing-mailer.ts'
import { createSmtpMailer } from '../../src/mail/smtp-mailer.ts'
import { makeEd25519Key, makeRsaKey } from '../support/dkim-keys.ts'
import { startSmtpSink } from '../support/smtp-sink.ts'
import { testClock } from '../support/test-clock.ts'
import { verifyDkim } from '../support/verify-dkim.ts'

const rsa = makeRsaKey()
const ed25519 = makeEd25519Key()
const zone = { ...rsa.zone, ...ed25519.zone }
const sign = createDkimSigner([rsa])

const listHeaders: HeaderFields = [
	['List-ID', 'Les nouvelles <nouvelles.example.org>'],
	['List-Unsubscribe', '<https://example.org/unsubscribe/abc>, <mailto:u+abc@example.org>'],
	['List-Unsubscribe-Post', 'List-Unsubscribe=One-Click'],
	['List-Post', 'NO'],
	['Feedback-ID', 'd7:nouvelles:digest:envoi'],
	['Precedence', 'bulk'],
]
const digest: MessageContent = {
	from: { name: 'Carrefour: les nouvelles', address: 'nouvelles@example.org' },
	to: { address: 'awa@example.net' },
	replyTo: { address: 'bureau@example.org' },
	subject: 'Les nouvelles d’octobre : « Sénégal », et 12 autres articles à lire avant l’hiver qui vient',
	date: new Date('2022-10-18T14:05:00Z'),
	messageId: '<d7.19.abc@example.org>',
	headers: listHeaders,
	html: '<p>Bonjour à toutes et à tous</p>\n<p>  deux  espaces </p>\n',
	text: 'Bonjour  à toutes \n\n.\n..\nFin\t\n\n\n',
}

const isValid = (message: string) => verifyDkim(message, zone).map(({ valid }) => valid)
const signed = async (raw: string) => canonicaliseLineEnds((await sign(raw)) + raw)
const unfold = (field: string) => field.replaceAll('\r\n', '')

describe('createDkimSigner', () => {
	test('a built message is signed so that it verifies', async () => {
		expect(isValid(await signed(await buildMessage(digest)))).toEqual([true])
	})

	test('any header and body that a message can have is signed so that it verifies', async () => {
		const text = fc.string({
			unit: fc.constantFrom('a', 'é', ' ', '\t', '\r\n', '\n', '\r', '.', '='),
			maxLength: 60,
		})
		const value = fc.string({ unit: fc.constantFrom('a', 'é', ' ', '\t', ':', ';', '\r\n '), maxLength: 40 })
		const name = fc.constantFrom('Subject', 'subject ', 'To', 'Cc', 'List-Unsubscribe', 'X-Other', 'DATE')
		await fc.assert(
			fc.asyncProperty(fc.array(fc.tuple(name, value), { maxLength: 8 }), text, async (fields, body) => {
				const header = fields.map((field) => `${field.join(':')}x\r\n`).join('')
				const message = await signed(`${header}From: a@example.org\r\n\r\n${body}`)
				expect(isValid(message)).toEqual([true])
			}),
		)
	})

	test('a message without a body, or without even the empty line before it, is signed', async () => {
		expect(isValid(await signed('From: a@example.org\r\n\r\n'))).toEqual([true])
		expect(isValid(await signed('From: a@example.org\r\n'))).toEqual([true])
	})

	test('names each field that counts once more than it is there (U3, H6, A3, A4)', async () => {
		const names = /;\s+h=([^;]+)/.exec(unfold(await sign(await buildMessage(digest))))?.[1]?.split(/\s*:\s*/)
		const counts = new Map<string, number>()
		for (const name of names ?? []) counts.set(name, (counts.get(name) ?? 0) + 1)
		const there =
			'From To Subject Date Message-ID Reply-To MIME-Version Content-Type List-Unsubscribe List-Unsubscribe-Post List-ID List-Post Feedback-ID Precedence'
		const missing = 'Cc Content-Transfer-Encoding List-Help List-Owner List-Archive Auto-Submitted'
		expect(Object.fromEntries(counts)).toEqual(
			Object.fromEntries([
				...there.split(' ').map((name) => [name, 2]),
				...missing.split(' ').map((name) => [name, 1]),
			]),
		)
	})

	test.each([
		['another Subject', (raw: string) => `Subject: Free money\r\n${raw}`],
		['another From', (raw: string) => `From: ceo@example.com\r\n${raw}`],
		['another From behind', (raw: string) => raw.replace('\r\n\r\n', '\r\nFrom: ceo@example.com\r\n\r\n')],
		['a Cc', (raw: string) => `Cc: all@example.com\r\n${raw}`],
		['another List-Unsubscribe', (raw: string) => `List-Unsubscribe: <https://example.com>\r\n${raw}`],
		['a List-Help', (raw: string) => `List-Help: <https://example.com>\r\n${raw}`],
		['an Auto-Submitted', (raw: string) => `Auto-Submitted: auto-generated\r\n${raw}`],
		['One-Klick', (raw: string) => raw.replace('One-Click', 'One-Klick')],
		['another recipient', (raw: string) => raw.replace('awa@', 'bo@')],
		['another Feedback-ID', (raw: string) => raw.replace('d7:nouvelles:', 'd8:nouvelles:')],
		['no Precedence', (raw: string) => raw.replace('Precedence: bulk\r\n', '')],
		['more body (A5)', (raw: string) => `${raw}<p>More</p>\r\n`],
		['less body', (raw: string) => raw.replace('Bonjour', '')],
		['another time of signing', (raw: string) => raw.replace(/t=\d/, 't=9')],
	])('with %s the signature is invalid', async (_, alter) => {
		const message = await signed(await buildMessage(digest))
		const altered = alter(message)
		expect(altered).not.toBe(message)
		expect(isValid(altered)).toEqual([false])
	})

	test('a field that does not count may be added on the way', async () => {
		const message = await signed(await buildMessage(digest))
		expect(isValid(`Received: from a by b\r\nX-Spam: no\r\n${message}`)).toEqual([true])
	})

	test('the field is folded, tells its time and covers the whole body (A5, F3)', async () => {
		const clock = testClock(new Date('2022-10-18T14:05:06.789Z'))
		const many: HeaderFields = Array.from({ length: 60 }, (_, index) => [`X-${index}`, 'x'])
		const raw = await buildMessage({ ...digest, headers: [...listHeaders, ...many] })
		const field = await createDkimSigner([rsa, ed25519], { clock })(raw)
		expect(field).toMatch(/^(DKIM-Signature: [^\r\n]+\r\n( [^\r\n]+\r\n)+){2}$/)
		expect(Math.max(...field.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(78)
		expect(field).toContain(' c=relaxed/relaxed; ')
		expect(unfold(field)).toMatch(/; t=1666101906; /)
		expect(unfold(field)).not.toMatch(/;\s*[lxz]=/)
		expect(isValid(field + raw)).toEqual([true, true])
	})

	test('a long domain and selector are not broken', async () => {
		const domain = `${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(60)}.example.org`
		const key = { ...makeRsaKey(domain), selector: 's'.repeat(63) }
		const raw = `From: a@${domain}\r\n\r\nx\r\n`
		const message = (await createDkimSigner([key])(raw)) + raw
		const record = Object.values(key.zone)[0] ?? ''
		expect(verifyDkim(message, { [`${key.selector}._domainkey.${domain}`]: record })[0]?.valid).toBe(true)
	})

	test('Ed25519 stands beside RSA, after it, and never alone (A6)', async () => {
		const raw = await buildMessage(digest)
		const verdicts = verifyDkim((await createDkimSigner([rsa, ed25519])(raw)) + raw, zone)
		expect(verdicts.map(({ algorithm, selector, valid }) => [algorithm, selector, valid])).toEqual([
			['rsa-sha256', 'rsa', true],
			['ed25519-sha256', 'ed25519', true],
		])
		expect(() => createDkimSigner([ed25519])).toThrow('DKIM needs an RSA key')
	})

	test('an RSA key of less than 1024 bits is refused, one of less than 2048 is warned of (A2)', () => {
		expect(() => createDkimSigner([makeRsaKey('example.org', 512)])).toThrow(/can’t be used: bits/)
		const { log, warnings } = warningLog()
		createDkimSigner([makeRsaKey('example.org', 1024)], { log })
		createDkimSigner([rsa], { log })
		expect(warnings).toEqual([expect.objectContaining({ selector: 'rsa', bits: 1024 })])
	})

	test('a key that is none is refused without being quoted', () => {
		const broken = { ...rsa, privateKey: rsa.privateKey.replace(/[A-Z]{2}/, '??') }
		expect(() => createDkimSigner([broken])).toThrow(/can’t be used: not_pem/)
		expect(() => createDkimSigner([{ ...ed25519, algorithm: 'rsa' }])).toThrow(/can’t be used: key_type/)
		const { privateKey: locked } = generateKeyPairSync('rsa', {
			modulusLength: 1024,
			privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' },
			publicKeyEncoding: { type: 'spki', format: 'pem' },
		})
		expect(() => createDkimSigner([{ ...rsa, privateKey: locked }])).toThrow(/can’t be used: passphrase/)
	})

	test('a message without From is refused', async () => {
		await expect(sign('To: a@example.org\r\n\r\nx')).rejects.toThrow(/without From/)
	})

	test('a From of another domain, which is not aligned, is signed and told of once (A1)', async () => {
		const { log, warnings } = warningLog()
		const watched = createDkimSigner([rsa, ed25519], { log })
		for (const address of [
			'a@example.org',
			'a@news.example.org',
			'a@example.com',
			'b@EXAMPLE.com',
			'a@notexample.org',
		]) {
			const raw = await buildMessage({ ...digest, from: { name: 'News @ home', address } })
			expect(isValid((await watched(raw)) + raw)).toEqual([true, true])
		}
		expect(warnings.map(({ from }) => from)).toEqual(['example.com', 'notexample.org'])
	})
})

describe('signingMailer', () => {
	test('what a relay is given verifies, leading dots and bare line ends included (A8)', async () => {
		const sink = await startSmtpSink()
		const relay = createSmtpMailer({ url: sink.url, connections: 2 })
		const mailer = signingMailer(relay, createDkimSigner([rsa, ed25519]))
		const envelope = { from: 'bounces@example.org', to: 'awa@example.net' }
		const odd = 'From: a@example.org\nSubject: x\r\n\r\n.\r\n..a \n b\rc\r\n.\r\n\r\nend'
		try {
			await mailer.send({ envelope, raw: await buildMessage(digest) })
			await mailer.send({ envelope, raw: odd })
		} finally {
			await mailer.close()
			await sink.close()
		}
		expect(sink.messages.map(({ raw }) => isValid(raw))).toEqual([
			[true, true],
			[true, true],
		])
		expect(mailer.connections).toBe(2)
	})
})

function warningLog(): { log: Log; warnings: Array<Record<string, unknown>> } {
	const warnings: Array<Record<string, unknown>> = []
	const log: Log = {
		info: () => {},
		warn: (fields) => warnings.push(fields),
		error: () => {},
		child: () => log,
	}
	return { log, warnings }
}
