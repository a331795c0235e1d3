import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { operator } from '../../../src/kernel/actor.ts'
import { addDays } from '../../../src/kernel/clock.ts'
import { addTopic, changeTopic } from '../../../src/newsletters/index.ts'
import { preferencesUrl, unsubscribeUrl } from '../../../src/subscriptions/index.ts'
import { receiptsOf, stateOf, subscribeFully, subscriptionOf, tally } from '../../subscriptions/people.ts'
import { makeNewsletter } from '../../support/make-newsletter.ts'
import { type StaffCalls, staffOf } from '../../support/staff-client.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'
import { expectPrivate } from './expect-private.ts'

let app: TestApp
let staff: StaffCalls
let latest = 0

const names = {
	water: { en: { name: 'Water', description: 'Wells and rivers' }, fr: { name: 'Eau' } },
	health: { en: { name: 'Health' }, fr: { name: 'Santé' } },
	learning: { en: { name: 'Learning' } },
}

beforeAll(async () => {
	app = await startTestApp()
	staff = await staffOf(app)
	await makeNewsletter(app, { slug: 'news' })
	await makeNewsletter(app, { slug: 'other' })
	for (const [slug, texts] of Object.entries(names)) await addTopic(app, 'news', { slug, texts }, operator)
})
afterAll(() => app.close())

/** A reader, with the path of their page. */
async function makeReader({ newsletter = 'news', locale = 'en' } = {}) {
	const email = `reader${++latest}@example.org`
	await subscribeFully(app, email, { newsletter, locale })
	const { id } = await subscriptionOf(app, email, newsletter)
	return { email, id, path: new URL(preferencesUrl(app, { subscriptionId: id, digestId: 3 })).pathname }
}

const offered = Object.keys(names)
const post = (path: string, form: object) => app.request.post(path).type('form').send(form)

async function choicesOf(id: number) {
	const {
		locale,
		choices_version: version,
		profile_id,
	} = await app.db
		.selectFrom('subscriptions')
		.select(['locale', 'choices_version', 'profile_id'])
		.where('id', '=', id)
		.executeTakeFirstOrThrow()
	const topics = await app.db.selectFrom('topics').select(['id', 'slug']).execute()
	const profile = await app.db
		.selectFrom('choice_profiles')
		.selectAll()
		.where('id', '=', profile_id ?? 0)
		.executeTakeFirst()
	const named = topics.filter((topic) => profile?.topic_ids.map(Number).includes(topic.id))
	return {
		locale,
		version,
		all: profile?.all_topics ?? true,
		named: named.map(({ slug }) => slug).sort(),
		untranslated: profile?.untranslated ?? null,
	}
}

const checked = (html: string) =>
	[...html.matchAll(/<input type="(?:checkbox|radio)" name="\w+" id="([\w-]+)" [^>]*checked/g)].map(
		([, id]) => id,
	)

describe('GET /preferences/:token', () => {
	it('shows what the reader gets, and changes nothing; HEAD and OPTIONS neither (T1)', async () => {
		const { path } = await makeReader({ locale: 'fr' })
		const before = await tally(app)
		const page = await app.request.get(path).expect(200)
		expect(page.text).toContain('Vos choix')
		expect(page.text).toContain('r•••@example.org')
		expect(checked(page.text)).toEqual([
			'topic-water',
			'topic-health',
			'topic-learning',
			'new-topics',
			'language-fr',
			'untranslated-skip',
		])
		// a topic without a name in the language of the page has that of the newsletter's own
		expect(page.text).toContain('<div lang="en">\n<label for="topic-learning">Learning</label>')
		expect(page.text).not.toContain('<script')
		expectPrivate(page.headers)
		await app.request.head(path).expect(200)
		await app.request.options(path).expect(204)
		await app.request.get(`${path}/pause`).expect(200)
		expect(await tally(app)).toEqual(before)
	})

	it('knows no altered link, and none that was made to leave', async () => {
		const { id, path } = await makeReader()
		const leaving = new URL(unsubscribeUrl(app, { subscriptionId: id, digestId: 3 })).pathname
			.split('/')
			.pop()
		for (const wrong of [`${path.slice(0, -1)}x`, `/preferences/${leaving}`, '/preferences/x']) {
			for (const answer of [
				await app.request.get(wrong),
				await post(wrong, { new_topics: 'yes' }),
				await post(`${wrong}/pause`, { days: '14' }),
				await post(`${wrong}/leave-all`, {}),
			]) {
				expect(answer.status).toBe(404)
				expect(answer.text).toContain('Nothing has changed')
			}
		}
		await app.request.post(path.replace('preferences', 'unsubscribe')).expect(404)
	})

	it('tells kindly who was erased, and who has left', async () => {
		const gone = await makeReader()
		await staff.call('post', '/readers/erase', { address: gone.email })
		expect((await app.request.get(gone.path).expect(200)).text).toContain('nothing left to choose')
		expect((await post(gone.path, { new_topics: 'yes' }).expect(200)).text).toContain(
			'nothing left to choose',
		)

		const left = await makeReader()
		await app.request.post(new URL(unsubscribeUrl(app, { subscriptionId: left.id, digestId: 0 })).pathname)
		expect((await app.request.get(left.path).expect(200)).text).toContain(
			'You do not receive this newsletter',
		)
		await post(left.path, { offered, topics: 'water' }).expect(200)
		expect(await choicesOf(left.id)).toMatchObject({ all: true, version: 0 })
	})
})

describe('choices', () => {
	it('are saved, with a receipt that names them, and shown as they are then', async () => {
		const { id, path } = await makeReader()
		const form = {
			offered,
			topics: ['water', 'learning'],
			language: 'fr',
			untranslated: 'include',
			version: 0,
		}
		const page = await post(path, form).expect(200)
		expect(page.text).toMatch(/Saved|Enregistré/)
		expect(await choicesOf(id)).toEqual({
			locale: 'fr',
			version: 1,
			all: false,
			named: ['learning', 'water'],
			untranslated: 'include',
		})
		expect((await receiptsOf(app, id)).at(-1)).toMatchObject({
			action: 'chosen',
			page: 'preferences page (digest 3)',
			wording: null,
			choices: { locale: 'fr', allTopics: false, topics: ['water', 'learning'], untranslated: 'include' },
		})
		const again = await app.request.get(path).expect(200)
		expect(checked(again.text)).toEqual([
			'topic-water',
			'topic-learning',
			'language-fr',
			'untranslated-include',
		])
	})

	it('may be all topics to come but for some of now; the same ones twice change nothing', async () => {
		const { id, path } = await makeReader()
		const form = { offered, topics: ['water', 'health'], new_topics: 'yes', untranslated: 'skip' }
		await post(path, form).expect(200)
		expect(await choicesOf(id)).toMatchObject({
			all: true,
			named: ['learning'],
			version: 1,
			untranslated: null,
		})
		const before = (await receiptsOf(app, id)).length
		await post(path, { ...form, version: 0 }).expect(200)
		expect(await choicesOf(id)).toMatchObject({ version: 1 })
		expect(await receiptsOf(app, id)).toHaveLength(before)
	})

	it('of a page that was opened before others were saved are not saved; it says what differs', async () => {
		const { id, path } = await makeReader()
		await post(path, { offered, topics: ['water'], version: 0 }).expect(200)
		const second = await post(path, { offered, topics: ['water', 'health'], new_topics: 'yes', version: 0 })
		expect(second.status).toBe(409)
		expect(second.text).toContain('Not saved')
		expect(second.text).toContain('differs here: Health, new topics.')
		expect(checked(second.text)).toContain('topic-water')
		expect(checked(second.text)).not.toContain('topic-health')
		expect(await choicesOf(id)).toMatchObject({ all: false, named: ['water'], version: 1 })
	})

	it('without any topic, or in a language that is not there, are refused, and the form is kept', async () => {
		const { id, path } = await makeReader({ locale: 'fr' })
		const none = await post(path, { offered, language: 'en', untranslated: 'include' }).expect(422)
		expect(none.text).toContain('Choisissez au moins un thème')
		expect(checked(none.text)).toEqual(['language-en', 'untranslated-include'])
		await post(path, { offered, topics: 'water', language: 'xx' }).expect(422)
		await post(path, { offered, topics: 'water', untranslated: 'maybe' }).expect(422)
		expect(await choicesOf(id)).toMatchObject({ all: true, version: 0, locale: 'fr' })
	})

	it('forget no topic that ended or came while the page was open', async () => {
		await makeNewsletter(app, { slug: 'changing' })
		for (const [slug, texts] of Object.entries(names))
			await addTopic(app, 'changing', { slug, texts }, operator)
		const end = (topic: string, archived: boolean) =>
			changeTopic(app, { slug: 'changing', topic }, { archived }, operator)
		const some = await makeReader({ newsletter: 'changing' })
		const allBut = await makeReader({ newsletter: 'changing' })
		await post(some.path, { offered, topics: ['water', 'health'] }).expect(200)
		await post(allBut.path, { offered, topics: ['water', 'learning'], new_topics: 'yes' }).expect(200)
		await end('health', true)
		await addTopic(app, 'changing', { slug: 'seeds', texts: { en: { name: 'Seeds' } } }, operator)
		const shown = ['water', 'learning']
		await post(some.path, { offered: shown, topics: ['learning'] }).expect(200)
		await post(allBut.path, { offered: shown, topics: ['water'], new_topics: 'yes' }).expect(200)
		await end('health', false)
		expect(await choicesOf(some.id)).toMatchObject({ all: false, named: ['health', 'learning'] })
		expect(await choicesOf(allBut.id)).toMatchObject({ all: true, named: ['health', 'learning'] })

		await end('water', true)
		const ended = await post(some.path, { offered, topics: ['water'] }).expect(422)
		expect(ended.text).toContain('no longer offered')
	})
})

describe('a pause', () => {
	it('of two weeks, or until a day in the time of the newsletter, ends by itself or when the reader wants', async () => {
		const { email, id, path } = await makeReader()
		const paused = await post(`${path}/pause`, { days: '14' }).expect(200)
		expect(paused.text).toContain('Nothing comes until')
		const until = async () => (await subscriptionOf(app, email)).paused_until
		expect(await until()).toEqual(addDays(app.clock.now(), 14))

		const day = addDays(app.clock.now(), 40).toISOString().slice(0, 10)
		await post(`${path}/pause`, { until: day }).expect(200)
		expect((await until())?.toISOString().slice(0, 10)).toBe(day)
		const shown = await app.request.get(path).expect(200)
		expect(shown.text).toContain('Go on now')

		expect((await post(`${path}/resume`, {}).expect(200)).text).toContain('Your break is over')
		expect(await until()).toBeNull()
		await post(`${path}/resume`, {}).expect(200)
		const actions = (await receiptsOf(app, id)).map(({ action }) => action)
		expect(actions).toEqual(['requested', 'confirmed', 'paused', 'paused', 'resumed'])
		expect((await subscriptionOf(app, email)).choices_changed_at).toEqual(app.clock.now())
	})

	it('is refused in the past, for more than a year, and for what is no day', async () => {
		const { email, path } = await makeReader({ locale: 'fr' })
		const tries = {
			'2001-01-01': 'Cette date est passée',
			'2999-01-01': 'un an au plus',
			'2026-02-30': 'Choisissez une date',
			soon: 'Choisissez une date',
			'': 'Choisissez une date',
		}
		for (const [until, words] of Object.entries(tries)) {
			const answer = await post(`${path}/pause`, { until }).expect(422)
			expect(answer.text).toContain(words)
		}
		expect((await subscriptionOf(app, email)).paused_until).toBeNull()
	})
})

describe('leaving', () => {
	it('all newsletters at once leaves a receipt for each, and others are still there to join', async () => {
		const { email, id, path } = await makeReader()
		const page = await app.request.get(path).expect(200)
		expect(page.text).toContain('href="/newsletters/other/en"')
		await subscribeFully(app, email, { newsletter: 'other' })
		expect((await app.request.get(path)).text).not.toContain('href="/newsletters/other/en"')

		const gone = await post(`${path}/leave-all`, {}).expect(200)
		expect(gone.text).toContain('any of our newsletters')
		for (const newsletter of ['news', 'other'])
			expect(await stateOf(app, email, newsletter)).toBe('unsubscribed')
		const otherId = (await subscriptionOf(app, email, 'other')).id
		for (const each of [id, otherId]) {
			expect((await receiptsOf(app, each)).at(-1)).toMatchObject({ action: 'unsubscribed' })
		}
		await post(`${path}/leave-all`, {}).expect(200)
	})

	it('this one is one press away, as by the link to leave', async () => {
		const { email, path } = await makeReader()
		const [, action = ''] = /action="(\/unsubscribe\/[^"]+)"/.exec((await app.request.get(path)).text) ?? []
		await app.request.post(action).expect(200)
		expect(await stateOf(app, email)).toBe('unsubscribed')
	})
})
