import { beforeAll, describe, expect, test } from 'vitest'
import { type MessageContent, slotMarker, wholeMessage } from '../../src/kernel/mail.ts'
import { buildMessage, prepareMessage } from '../../src/mail/build-message.ts'
import { canonicaliseLineEnds } from '../../src/mail/canonicalise-line-ends.ts'
import { createDkimSigner } from '../../src/mail/sign-dkim.ts'
import { makeEd25519Key, makeRsaKey } from '../support/dkim-keys.ts'
import { missingForVerifiers, runVerifiers, type Verdicts } from '../support/run-verifiers.ts'

const missing = missingForVerifiers()
if (missing.length > 0)
	console.warn(`Left out: DKIM signatures before three other verifiers, for lack of ${missing.join(', ')}.`)

const rsa = makeRsaKey()
const ed25519 = makeEd25519Key()
const zone = { ...rsa.zone, ...ed25519.zone }

const notice: MessageContent = {
	from: { name: 'Écho, les nouvelles', address: 'nouvelles@example.org' },
	to: { name: 'Awa Ndiaye', address: 'awa@example.net' },
	replyTo: { address: 'bureau@example.org' },
	subject: 'Confirmez votre abonnement à « Écho » : il ne manque qu’un geste, et c’est le vôtre',
	date: new Date(),
	messageId: '<n.19.abc@example.org>',
	headers: [['Auto-Submitted', 'auto-generated']],
	html: '<p>Bonjour  à toutes</p>\n',
	text: 'Bonjour \n\n.\n--  \nFin\t\n\n\n',
}
const digest: MessageContent = {
	...notice,
	headers: [
		['List-ID', '"Les nouvelles du bureau, de partout et d’ailleurs" <nouvelles.example.org>'],
		['List-Unsubscribe', `<https://example.org/unsubscribe/${'x'.repeat(300)}>, <mailto:u+abc@example.org>`],
		['List-Unsubscribe-Post', 'List-Unsubscribe=One-Click'],
		['List-Post', 'NO'],
		['Feedback-ID', 'd7:nouvelles:digest:envoi'],
		['Precedence', 'bulk'],
		['X-Long', 'mot '.repeat(200)],
	],
}

const head =
	'From: a@example.org\r\nTo: b@example.net\r\nSubject: \t x  y\r\nDate: Mon, 1 Jan 2024 00:00:00 +0000\r\n'
const bodies = {
	'an empty body': '',
	'nothing but empty lines': '\r\n\r\n\r\n',
	'nothing but white space': ' \t \r\n \r\n',
	'no final line end': 'one\r\ntwo',
	'white space at ends and in runs': ' one  two\t\tthree \t \r\n\tfour\r\n \r\nfive \r\n\r\n \r\n',
	'bare line ends': 'one\ntwo\rthree\r\n',
	'lines of dots': '.\r\n..\r\n.x\r\n',
	'letters beyond ASCII': 'É « à » \r\n',
}

describe.skipIf(missing.length > 0)('dkimpy, OpenDKIM and Mail::DKIM', () => {
	const all = { dkimpy: true, opendkim: true, mailDkim: true }
	const none = { dkimpy: false, opendkim: false, mailDkim: false }
	let verdicts: Map<string, Verdicts>

	beforeAll(async () => {
		verdicts = await runVerifiers(zone, { ...(await validMessages()), ...(await alteredMessages()) })
	}, 120_000)

	test.each([
		'a notice',
		'a digest',
		'a digest with two signatures',
		'a filled message',
		...Object.keys(bodies),
	])('take %s (U3, A3, A5, A6, A8)', (name) => {
		expect(verdicts.get(name)).toEqual(all)
	})

	test.each(Object.keys(alterations))('refuse %s (U3, A4)', (name) => {
		expect(verdicts.get(name)).toEqual(none)
	})
})

async function signed(raw: string, keys = [rsa]): Promise<string> {
	return canonicaliseLineEnds((await createDkimSigner(keys)(raw)) + raw)
}

async function validMessages(): Promise<Record<string, string>> {
	const made = Object.entries(bodies).map(async ([name, body]) => [name, await signed(`${head}\r\n${body}`)])
	return {
		'a notice': await signed(await buildMessage(notice)),
		'a digest': await signed(await buildMessage(digest)),
		'a digest with two signatures': await signed(await buildMessage(digest), [rsa, ed25519]),
		'a filled message': await signed(await fill()),
		...Object.fromEntries(await Promise.all(made)),
	}
}

async function fill(): Promise<string> {
	const marker = slotMarker('n0nce', 'link')
	const content = {
		...digest,
		html: `<a href="${marker}">É</a>`,
		headers: [['List-Unsubscribe', `<${marker}>`]] as const,
	}
	const prepared = await prepareMessage(content, 'n0nce', ['link'])
	const envelope = { from: 'bounces@example.org', to: 'awa@example.net' }
	const values = { link: 'https://example.org/u?a=1&b=2' }
	return wholeMessage(prepared.fill({ ...digest, envelope, values }).raw)
}

const alterations: Record<string, [MessageContent, (message: string) => string]> = {
	'another value of List-Unsubscribe-Post': [digest, (message) => message.replace('One-Click', 'One-Klick')],
	'a second Subject': [digest, (message) => `Subject: Free money\r\n${message}`],
	'a second From': [digest, (message) => `From: ceo@example.com\r\n${message}`],
	'a second List-Unsubscribe': [digest, (message) => `List-Unsubscribe: <https://example.com>\r\n${message}`],
	'a List-Unsubscribe where there was none': [
		notice,
		(message) => `List-Unsubscribe: <https://example.com>\r\n${message}`,
	],
	'a List-Unsubscribe-Post where there was none': [
		notice,
		(message) => `List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n${message}`,
	],
	'a second Content-Type': [digest, (message) => `Content-Type: text/html\r\n${message}`],
	'a second Reply-To': [digest, (message) => `Reply-To: ceo@example.com\r\n${message}`],
	'a longer body': [digest, (message) => `${message}more\r\n`],
}

async function alteredMessages(): Promise<Record<string, string>> {
	const altered = Object.entries(alterations).map(async ([name, [content, alter]]) => {
		return [name, alter(await signed(await buildMessage(content), [rsa, ed25519]))]
	})
	return Object.fromEntries(await Promise.all(altered))
}
