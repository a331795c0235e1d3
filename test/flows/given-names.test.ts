import PostalMime, { type Email } from 'postal-mime'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { operator } from '../../src/kernel/actor.ts'
import { addTopic } from '../../src/newsletters/index.ts'
import { preferencesUrl, unsubscribeUrl } from '../../src/subscriptions/index.ts'
import { pathIn, receiptsOf, subscriptionOf } from '../subscriptions/people.ts'
import { makeRsaKey } from '../support/dkim-keys.ts'
import { makeNewsletter, makeStory } from '../support/make-newsletter.ts'
import { type SmtpSink, startSmtpSink } from '../support/smtp-sink.ts'
import { type StaffCalls, staffOf } from '../support/staff-client.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'
import { verifyDkim } from '../support/verify-dkim.ts'

const rsa = makeRsaKey()
let relay: SmtpSink
let app: TestApp
let staff: StaffCalls
const newsletterIds = new Map<string, number>()

beforeAll(async () => {
	relay = await startSmtpSink()
	app = await startTestApp({ config: { smtpUrl: relay.url, dkimKeys: [rsa] } })
	staff = await staffOf(app)
	for (const [slug, signupAsks] of [
		['named', ['given_name']],
		['topical', ['topics', 'given_name']],
		['plain', []],
	] as const) {
		const { id } = await makeNewsletter(app, { slug, signupAsks: [...signupAsks] })
		newsletterIds.set(slug, id)
	}
	for (const slug of ['water', 'health'])
		await addTopic(app, 'topical', { slug, texts: { en: { name: slug } } }, operator)
})
afterAll(async () => {
	await app.close()
	await relay.close()
})

const post = (path: string, form: object) => app.request.post(path).type('form').send(form)

async function newestTo(address: string): Promise<Email & { raw: string }> {
	await app.drain()
	const raw = relay.to(address).at(-1)?.raw ?? ''
	return { ...(await PostalMime.parse(raw)), raw }
}

async function signUp(email: string, form: object, newsletter = 'named') {
	return post(`/newsletters/${newsletter}/subscriptions`, { email, locale: 'en', ...form })
}

async function confirm(email: string) {
	await app.request.post(pathIn((await newestTo(email)).text, 'confirm')).expect(200)
}

async function subscribe(email: string, form: object, newsletter = 'named') {
	expect((await signUp(email, form, newsletter)).status).toBe(200)
	await confirm(email)
	const { id, subscriber_id: personId } = await subscriptionOf(app, email, newsletter)
	const path = new URL(preferencesUrl(app, { subscriptionId: id, digestId: 0 })).pathname
	return { email, id, personId, path }
}

async function sendDigest(newsletter = 'named') {
	for (const locale of ['en', 'fr']) await makeStory(app, newsletterIds.get(newsletter) ?? 0, { locale })
	const { body } = await staff.call('post', `/newsletters/${newsletter}/digests`, {})
	expect(body.kind).toBe('created')
	await app.drain()
}

async function nameOf(email: string): Promise<string | null> {
	const row = await app.db
		.selectFrom('subscribers')
		.select('given_name')
		.where('comparable_address', '=', email)
		.executeTakeFirst()
	return row?.given_name ?? null
}

describe('A given name', () => {
	it('goes from the form, once the address is confirmed, into the greeting of the digest, in both languages', async () => {
		const form = await app.request.get('/newsletters/named/fr').expect(200)
		expect(form.text).toContain('Prénom (facultatif)')
		expect((await app.request.get('/newsletters/named/fr/form').expect(200)).text).toContain(
			'name=&quot;given_name&quot;',
		)
		await signUp('amina@example.net', { given_name: '  Amina ' })
		await app.drain()
		expect(await nameOf('amina@example.net')).toBeNull()
		await confirm('amina@example.net')
		expect(await nameOf('amina@example.net')).toBe('Amina')
		await subscribe('benoit@example.net', { given_name: 'Benoît', locale: 'fr' })
		await subscribe('nobody@example.net', { given_name: '' })
		await subscribe('personne@example.net', { locale: 'fr' })
		await subscribe('muhammad@example.net', { given_name: 'محمد' })

		await sendDigest()
		const expected = [
			['amina', 'Hello Amina,', 'Hello <bdi>Amina</bdi>,'],
			['benoit', 'Bonjour Benoît,', 'Bonjour <bdi>Benoît</bdi>,'],
			['nobody', 'Hello,', 'Hello,'],
			['personne', 'Bonjour,', 'Bonjour,'],
			['muhammad', 'Hello \u2068محمد\u2069,', 'Hello <bdi>محمد</bdi>,'],
		]
		for (const [who, text, html] of expected) {
			const mail = await newestTo(`${who}@example.net`)
			expect(mail.text?.split('\n')).toContain(text)
			expect(mail.html).toContain(`<p style="margin:0">${html}</p>`)
			expect(verifyDkim(mail.raw, rsa.zone).map(({ valid }) => valid)).toEqual([true])
		}
		const own = new RegExp(`${app.url}(/digests/[^\\s>]+)`).exec(
			(await newestTo('amina@example.net')).text ?? '',
		)
		const page = await app.request.get(own?.[1] ?? '').expect(200)
		expect(page.text).toContain('>Hello,<')
		expect(page.text).not.toContain('Amina')
		expect(app.logged.join('\n')).not.toMatch(/Amina|Benoît/)
		const rows = await app.db.selectFrom('renditions').selectAll().execute()
		expect(JSON.stringify(rows)).not.toContain('Amina')
	})

	it('is asked for by no newsletter by itself; who is named all the same gets the mail that all get', async () => {
		const form = await app.request.get('/newsletters/plain/en').expect(200)
		expect(form.text).not.toContain('given_name')
		expect((await app.request.get('/newsletters/plain/en/form').expect(200)).text).not.toContain('given_name')
		const { id } = await subscribe('amina@example.net', { given_name: 'Mina' }, 'plain')
		await subscribe('other@example.net', { given_name: 'Other' }, 'plain')
		expect(await nameOf('other@example.net')).toBeNull()
		expect((await receiptsOf(app, id)).map(({ action }) => action)).toEqual(['requested', 'confirmed'])
		await sendDigest('plain')
		const bodyOf = async (address: string) =>
			(await newestTo(address)).raw
				.replace(/^[\s\S]*?\r\n\r\n/, '')
				.replace(/(?:[\w/.:=-]|=\r\n)*\/(?:unsubscribe|preferences)\/(?:[\w.-]|=\r\n)*/g, 'LINK')
		expect(await bodyOf('amina@example.net')).toBe(await bodyOf('other@example.net'))
		expect(await bodyOf('amina@example.net')).not.toContain('Hello')
	})

	it('that is none is refused in the language of the reader, and the form is kept', async () => {
		for (const [typed, told] of [
			['<script>alert(1)</script>', 'un caractère qui n’est pas accepté ici'],
			['Amina\r\nBcc: all@example.net', 'un caractère qui n’est pas accepté ici'],
			['x'.repeat(10_000), '60 caractères au plus'],
			['\u202eanimA', 'un caractère qui n’est pas accepté ici'],
			['win.example', 'en feraient un lien'],
		] as const) {
			const answer = await signUp('typed@example.net', { locale: 'fr', given_name: typed })
			expect(answer.status).toBe(422)
			expect(answer.text).toContain(told)
			expect(answer.text).toContain('value="typed@example.net"')
			expect(answer.text).toMatch(/id="given-name"[^>]* aria-invalid="true"/)
			expect(answer.text).not.toContain('<script>alert')
		}
		await app.drain()
		expect(relay.to('typed@example.net')).toEqual([])
	})

	it('of who has one is not changed by a sign-up, and a sign-up without topics leaves those that were chosen', async () => {
		const { id } = await subscribe('cleo@example.net', { given_name: 'Cleo' })
		const second = await subscribe(
			'cleo@example.net',
			{ given_name: 'Silly', offered: ['water', 'health'], topics: 'water' },
			'topical',
		)
		expect(await nameOf('cleo@example.net')).toBe('Cleo')
		expect((await receiptsOf(app, second.id)).map(({ action }) => action)).toEqual([
			'requested',
			'confirmed',
			'chosen',
		])
		expect((await receiptsOf(app, id)).map(({ action, choices }) => [action, choices])).toEqual([
			['requested', null],
			['confirmed', null],
			['named', null],
		])
	})
})

it('Who comes back and gives a name keeps the topics of before', async () => {
	const form = { offered: ['water', 'health'], topics: 'water' }
	const { email, id } = await subscribe('ida@example.net', form, 'topical')
	await app.request
		.post(new URL(unsubscribeUrl(app, { subscriptionId: id, digestId: 0 })).pathname)
		.expect(200)
	const before = await subscriptionOf(app, email, 'topical')
	await subscribe(email, { given_name: 'Ida' }, 'topical')
	expect(await nameOf(email)).toBe('Ida')
	const after = await subscriptionOf(app, email, 'topical')
	expect([after.state, after.profile_id]).toEqual(['active', before.profile_id])
})

describe('On their page a reader', () => {
	it('sees, changes and clears the name, with receipts that do not hold it; what is none is refused', async () => {
		const { email, id, path } = await subscribe('dana@example.net', { given_name: 'Dana' })
		expect((await app.request.get(path).expect(200)).text).toContain('value="Dana"')
		expect((await post(`${path}/name`, { given_name: 'Daná' }).expect(200)).text).toContain('Saved')
		expect(await nameOf(email)).toBe('Daná')
		await post(`${path}/name`, { given_name: 'Daná' }).expect(200)
		const wrong = await post(`${path}/name?locale=fr`, { given_name: 'www.example' }).expect(422)
		expect(wrong.text).toContain('en feraient un lien')
		expect(wrong.text).toContain('value="www.example"')
		expect(await nameOf(email)).toBe('Daná')
		await post(`${path}/name`, {}).expect(200)
		expect(await nameOf(email)).toBeNull()
		const receipts = await receiptsOf(app, id)
		expect(receipts.map(({ action }) => action)).toEqual([
			'requested',
			'confirmed',
			'named',
			'named',
			'named',
		])
		expect(JSON.stringify(receipts)).not.toContain('Dan')
	})

	it('gets it with all else that is kept, as a page and as JSON, and erases it', async () => {
		const { email, path, personId } = await subscribe('eva@example.net', { given_name: 'Éva' })
		await post(`${path}/data`, {}).expect(200)
		const link = pathIn((await newestTo(email)).text, 'requests')
		expect((await app.request.get(link).expect(200)).text).toContain('<bdi>Éva</bdi>')
		expect((await app.request.get(`${link}/data.json`).expect(200)).body.givenName).toBe('Éva')
		expect((await staff.call('get', `/readers/${personId}`)).body.givenName).toBe('Éva')
		await staff.call('post', '/readers/erase', { address: email })
		for (const table of [
			'subscribers',
			'notices',
			'confirmations',
			'consent_receipts',
			'audit_entries',
		] as const) {
			expect(JSON.stringify(await app.db.selectFrom(table).selectAll().execute()), table).not.toContain('Éva')
		}
	})

	it('takes it along to another address; taken back, it is not left there', async () => {
		const { email, path } = await subscribe('fay@example.net', { given_name: 'Fay' })
		await subscribe('fay.new@example.net', { given_name: 'Somebody' }, 'topical')
		await post(`${path}/address`, { email: 'fay.new@example.net' }).expect(200)
		await app.request.post(pathIn((await newestTo('fay.new@example.net')).text, 'requests')).expect(200)
		expect(await nameOf('fay.new@example.net')).toBe('Fay')
		await app.request.post(pathIn((await newestTo(email)).text, 'requests')).expect(200)
		expect([await nameOf(email), await nameOf('fay.new@example.net')]).toEqual(['Fay', null])
	})
})

describe('Staff', () => {
	it('changes the name at the wish of a person; the audit tells that, and not the name', async () => {
		const { email, personId } = await subscribe('gus@example.net', {})
		const change = (givenName: string | null) =>
			staff.call('patch', `/readers/${personId}/subscriptions/named`, { givenName })
		expect((await change('Gus')).body).toEqual({ changed: true })
		expect((await change('Gus')).body).toEqual({ changed: false })
		const wrong = await change('{{gus}}')
		expect([wrong.status, wrong.body.fields[0].field]).toEqual([422, 'givenName'])
		expect(await nameOf(email)).toBe('Gus')
		expect((await change(null)).body).toEqual({ changed: true })
		expect(await nameOf(email)).toBeNull()
		const audit = await app.db
			.selectFrom('audit_entries')
			.selectAll()
			.where('subject', '=', `subscriber:${personId}`)
			.execute()
		expect(audit.map(({ action, detail }) => [action, detail])).toEqual([
			['change', 'named'],
			['change', 'named'],
		])
	})

	it('sees the greeting of nobody in a preview, and each reader’s own in the mail that they get', async () => {
		await subscribe('hal@example.net', { given_name: 'Hal' })
		await makeStory(app, newsletterIds.get('named') ?? 0)
		const preview = await staff.call('post', '/newsletters/named/digests/preview', {})
		expect(preview.body.renditions[0].text).toContain('\nHello,\n')
		expect(preview.body.renditions[0].html).toContain('>Hello,<')
		const { body } = await staff.call('post', '/newsletters/named/digests', {})
		const message = await staff.call('post', `/digests/${body.digest.id}/message`, { to: 'hal@example.net' })
		expect((await PostalMime.parse(message.text)).text).toContain('\nHello Hal,\n')
	})
})
