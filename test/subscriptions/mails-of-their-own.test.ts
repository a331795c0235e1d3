import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { operator } from '../../src/kernel/actor.ts'
import { hashAddress } from '../../src/kernel/keys.ts'
import { addTopic, changeNewsletter } from '../../src/newsletters/index.ts'
import { remindUnconfirmed } from '../../src/subscriptions/index.ts'
import { suppress } from '../../src/suppressions/index.ts'
import { makeNewsletter, makeStory } from '../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'
import { confirmPath, mailsTo, pathIn, signUp, stateOf, subscribeFully, tally } from './people.ts'

let app: TestApp
beforeAll(async () => {
	app = await startTestApp()
	await makeNewsletter(app, { slug: 'news' })
})
afterAll(() => app.close())

const latest = async (address: string) => (await mailsTo(app, address)).at(-1)
const subjects = async (address: string) => (await mailsTo(app, address)).map(({ subject }) => subject)
const leave = async (address: string) => {
	await signUp(app, address)
	await app.drain()
	await app.request.post(pathIn((await latest(address))?.text, 'unsubscribe')).expect(200)
}

describe('a welcome', () => {
	it('is sent once to who has confirmed, where the newsletter wants it', async () => {
		const schedule = { cron: '0 9 * * 1', timeZone: 'America/Toronto' }
		const { id } = await makeNewsletter(app, { slug: 'warm', welcome: true, schedule })
		await addTopic(app, 'warm', { slug: 'water', texts: { en: { name: 'Water' } } }, operator)
		await makeStory(app, id, { title: 'A well', locale: 'fr' })
		await makeStory(app, id, { title: 'Un secret', locale: 'fr', hidden: true })
		await makeStory(app, id, { title: 'English only', locale: 'en' })
		await subscribeFully(app, 'cleo@example.org', { newsletter: 'warm', locale: 'fr' })
		await app.drain()
		const mail = await latest('cleo@example.org')
		expect(mail?.subject).toBe('Bienvenue chez Nouvelles du monde')
		expect(mail?.text).toMatch(/Prochain envoi.*\d{4}/)
		expect(mail?.text).toContain('Thèmes\u00a0: tous')
		expect(mail?.text).toContain('A well')
		expect(mail?.text).not.toMatch(/Un secret|English only/)
		expect(mail?.text).toContain('Répondez à ce courriel')
		const path = pathIn(mail?.text, 'unsubscribe')
		const header = (name: string) =>
			mail?.headers.filter((each) => each.name === name).map(({ value }) => value)
		expect(header('list-unsubscribe-post')).toEqual(['List-Unsubscribe=One-Click'])
		expect(String(header('list-unsubscribe'))).toContain(path)

		const before = await tally(app)
		for (const each of [path, pathIn(mail?.text, 'preferences')]) {
			await app.request.get(each).expect(200)
			await app.request.head(each).expect(200)
		}
		expect(await tally(app)).toEqual(before)
		await app.request.post(await confirmPath(app, 'cleo@example.org').catch(() => '/'))
		await app.drain()
		expect(await subjects('cleo@example.org')).toHaveLength(2)
		await app.request.post(path).expect(200)
		expect(await stateOf(app, 'cleo@example.org', 'warm')).toBe('unsubscribed')
	})

	it('is not sent where it is not wanted, or by the time it is due nobody reads', async () => {
		await subscribeFully(app, 'quiet@example.org')
		await app.drain()
		expect(await subjects('quiet@example.org')).toHaveLength(1)
	})
})

describe('a reminder', () => {
	const wait = async (days: number) => {
		app.clock.advance({ days })
		await remindUnconfirmed({ ...app, config: { reminderDays: 3, unconfirmedDays: 30 } })
		await app.drain()
	}

	it('comes once to who has not confirmed after some days, and its link confirms', async () => {
		for (const name of ['waits', 'confirmed', 'erased', 'again']) await signUp(app, `${name}@late.example`)
		await app.drain()
		await app.request.post(await confirmPath(app, 'confirmed@late.example')).expect(200)
		const addressHash = hashAddress(app.keys, 'erased@late.example')
		await suppress(app.db, { addressHash, reason: 'erased', evidence: null, at: app.clock.now() })
		await wait(2)
		await signUp(app, 'again@late.example')
		await app.drain()
		await wait(1.1)
		expect(await subjects('waits@late.example')).toEqual([
			'Please confirm your subscription to World News',
			'Still to be confirmed: World News',
		])
		for (const name of ['confirmed', 'erased']) expect(await subjects(`${name}@late.example`)).toHaveLength(1)
		// who signed up anew waits anew
		expect(await subjects('again@late.example')).toHaveLength(2)
		await wait(0.5)
		expect(await subjects('waits@late.example')).toHaveLength(2)
		await app.request.post(await confirmPath(app, 'waits@late.example')).expect(200)
		expect(await stateOf(app, 'waits@late.example')).toBe('active')
	})

	it('reaches nobody from long ago, and nobody at all where it is switched off or comes after forgetting', async () => {
		await signUp(app, 'old@late.example')
		await app.drain()
		app.clock.advance({ days: 4 })
		for (const [reminderDays, unconfirmedDays] of [
			[0, 30],
			[3, 3],
		] as const) {
			await remindUnconfirmed({ ...app, config: { reminderDays, unconfirmedDays } })
		}
		app.clock.advance({ days: 2 })
		await remindUnconfirmed({ ...app, config: { reminderDays: 3, unconfirmedDays: 30 } })
		await app.drain()
		expect(await subjects('old@late.example')).toHaveLength(1)
	})
})

describe('the link to one’s choices', () => {
	const ask = (email: string, locale = 'en') =>
		app.request.post(`/newsletters/news/${locale}/link`).type('form').send({ email })

	it('is mailed to who lost it; who has not confirmed gets that link; others hear nothing, and all see the same', async () => {
		await subscribeFully(app, 'lost@example.org', { locale: 'fr' })
		await signUp(app, 'pending@example.org')
		await subscribeFully(app, 'left@example.org')
		await leave('left@example.org')
		await app.drain()
		const counts = async () => ({
			lost: (await subjects('lost@example.org')).length,
			pending: (await subjects('pending@example.org')).length,
			left: (await subjects('left@example.org')).length,
		})
		const before = await counts()
		const pages: string[] = []
		for (const name of ['lost', 'pending', 'left', 'nobody']) {
			const answer = await ask(`${name}@example.org`).expect(200)
			pages.push(answer.text.replaceAll(`${name}@`, 'x@'))
		}
		expect(new Set(pages).size).toBe(1)
		await app.drain()
		expect(await counts()).toEqual({ lost: before.lost + 1, pending: before.pending + 1, left: before.left })
		const mail = await latest('lost@example.org')
		expect(mail?.subject).toBe('Vos choix chez Nouvelles du monde')
		await app.request.get(pathIn(mail?.text, 'preferences')).expect(200)
		await app.request.post(await confirmPath(app, 'pending@example.org')).expect(200)
		expect(await stateOf(app, 'nobody@example.org')).toBeUndefined()
	})

	it('is asked for on a page, which tells what is wrong with an address and heeds its trap', async () => {
		const page = await app.request.get('/newsletters/news/fr/link').expect(200)
		expect(page.text).toContain('Votre lien, une fois encore')
		expect((await app.request.get('/newsletters/news/fr').expect(200)).text).toContain(
			'/newsletters/news/fr/link',
		)
		const wrong = await ask('no.at.example', 'fr').expect(422)
		expect(wrong.text).toContain('Le signe @ manque')
		await app.request.get('/newsletters/news/xx/link').expect(404)
		await subscribeFully(app, 'trapped@example.org')
		await app.request
			.post('/newsletters/news/en/link')
			.type('form')
			.send({ email: 'trapped@example.org', website: 'https://spam.example' })
			.expect(200)
		await app.drain()
		expect(await subjects('trapped@example.org')).toHaveLength(1)
	})
})

it('The welcome is a setting that can be changed', async () => {
	expect((await changeNewsletter(app, 'news', { welcome: true }, operator)).welcome).toBe(true)
	expect((await changeNewsletter(app, 'news', { welcome: false }, operator)).welcome).toBe(false)
})
