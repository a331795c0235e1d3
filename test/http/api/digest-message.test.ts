import { afterAll, beforeAll, expect, test } from 'vitest'
import { planDigest } from '../../../src/deliveries/index.ts'
import { triggerDigest } from '../../../src/digests/index.ts'
import { operator } from '../../../src/kernel/actor.ts'
import { makeEd25519Key, makeRsaKey } from '../../support/dkim-keys.ts'
import { makeNewsletter, makeReader, makeStory } from '../../support/make-newsletter.ts'
import { missingForVerifiers, runVerifiers } from '../../support/run-verifiers.ts'
import { type SmtpSink, startSmtpSink } from '../../support/smtp-sink.ts'
import { type StaffCalls, staffOf } from '../../support/staff-client.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

const missing = missingForVerifiers()
const rsa = makeRsaKey('charity.example')
const ed25519 = makeEd25519Key('charity.example')

let relay: SmtpSink
let app: TestApp
let staff: StaffCalls
beforeAll(async () => {
	relay = await startSmtpSink()
	app = await startTestApp({ config: { smtpUrl: relay.url, dkimKeys: [rsa, ed25519] } })
	staff = await staffOf(app)
})
afterAll(async () => {
	await app.close()
	await relay.close()
})

async function triggered(): Promise<{ id: number; newsletterId: number }> {
	const newsletter = await makeNewsletter(app)
	await makeStory(app, newsletter.id, { title: 'Où est l’été ? .' })
	await makeReader(app, newsletter.id, { address: 'Awa@example.net' })
	await makeReader(app, newsletter.id, { address: 'left@example.net', state: 'unsubscribed' })
	const made = await triggerDigest(app, newsletter.id, { by: operator })
	if (made.kind !== 'created') throw new Error(made.kind)
	return { id: made.digest.id, newsletterId: newsletter.id }
}

const message = (id: number, to: string) =>
	staff
		.call('post', `/digests/${id}/message`, { to })
		.then(({ status, body, text }) => ({ status, body, text }))

test('The message is what the relay was given, byte for byte but for the times of its signatures (A8)', async () => {
	const { id } = await triggered()
	const before = await message(id, 'awa@example.net')
	await app.drain()
	const [sent] = relay.to('Awa@example.net')
	const after = await message(id, 'awa@example.net')
	expect([before.status, after.status]).toEqual([200, 200])
	// the clock of a test stands still, so that not even those differ
	expect(after.text).toBe(sent?.raw)
	expect(before.text).toBe(sent?.raw)
	expect(after.text).toMatch(/^DKIM-Signature: v=1; a=rsa-sha256; /)
	expect(after.text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)

	app.clock.advance({ hours: 1 })
	const later = (await message(id, 'awa@example.net')).text
	const timeless = (text: string) =>
		text.replace(/^DKIM-Signature: .*(?:\r\n[ \t].*)*\r\n/gm, '').replace(/^Date: .*\r\n/m, '')
	expect(later).not.toBe(after.text)
	expect(timeless(later)).toBe(timeless(after.text))
})

test('Who is no reader of the digest gets a sentence, and it is written down without the address', async () => {
	const { id } = await triggered()
	await planDigest(app, id)
	for (const to of ['nobody@example.net', 'left@example.net']) {
		expect(await message(id, to)).toMatchObject({
			status: 404,
			body: { message: `Digest ${id} does not go to a reader with this address.` },
		})
	}
	expect((await message(999_999, 'awa@example.net')).status).toBe(404)
	expect(await message(id, 'awa')).toMatchObject({ status: 422, body: { fields: [{ field: 'to' }] } })
	await message(id, 'awa@example.net')
	const audit = await app.db
		.selectFrom('audit_entries')
		.select('action')
		.where('subject', '=', `digest:${id}`)
		.execute()
	expect(audit).toContainEqual({ action: 'compose' })
})

test.skipIf(missing.length > 0)(
	'It is valid before three verifiers, and altered it is not (U3, A4)',
	async () => {
		// none of them believes a signature from the future
		app.clock.set(new Date())
		const { id } = await triggered()
		const { text } = await message(id, 'awa@example.net')
		const verdicts = await runVerifiers(
			{ ...rsa.zone, ...ed25519.zone },
			{
				valid: text,
				altered: text.replace('One-Click', 'One-Klick'),
				'second Subject': `Subject: another\r\n${text}`,
				'second From': `From: other@example.com\r\n${text}`,
			},
		)
		expect(verdicts.get('valid')).toEqual({ dkimpy: true, opendkim: true, mailDkim: true })
		for (const name of ['altered', 'second Subject', 'second From']) {
			expect(verdicts.get(name)).toEqual({ dkimpy: false, opendkim: false, mailDkim: false })
		}
	},
)
