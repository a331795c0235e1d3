import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { operator } from '../../../src/kernel/actor.ts'
import { addTopic, changeTopic } from '../../../src/newsletters/index.ts'
import { confirmPath, receiptsOf, subscriptionOf } from '../../subscriptions/people.ts'
import { makeNewsletter } from '../../support/make-newsletter.ts'
import { staffOf } from '../../support/staff-client.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

let app: TestApp
beforeAll(async () => {
	app = await startTestApp()
	await makeNewsletter(app, { slug: 'news', signupAsks: ['topics', 'language'] })
	await makeNewsletter(app, { slug: 'plain' })
	await makeNewsletter(app, { slug: 'all', signupAsks: ['topics', 'given_name'] })
	for (const newsletter of ['news', 'plain', 'all']) {
		for (const slug of ['water', 'health']) {
			await addTopic(
				app,
				newsletter,
				{ slug, texts: { en: { name: slug }, fr: { name: `${slug}-fr` } } },
				operator,
			)
		}
	}
})
afterAll(() => app.close())

const signUp = (email: string, fields: object, newsletter = 'news') =>
	app.request
		.post(`/newsletters/${newsletter}/subscriptions`)
		.type('form')
		.send({ email, locale: 'en', offered: ['water', 'health'], ...fields })

async function confirm(email: string) {
	await app.drain()
	await app.request.post(await confirmPath(app, email)).expect(200)
}

async function choicesOf(email: string, newsletter = 'news') {
	const { id, profile_id, locale } = await subscriptionOf(app, email, newsletter)
	const profile = await app.db
		.selectFrom('choice_profiles')
		.select(['all_topics as all', 'topic_ids as ids'])
		.where('id', '=', profile_id ?? 0)
		.executeTakeFirst()
	return { id, locale, all: profile?.all ?? true, topics: profile?.ids.length ?? 0 }
}

it('The page asks for topics and language where the newsletter wants it, and for neither otherwise', async () => {
	const asks = await app.request.get('/newsletters/news/fr').expect(200)
	for (const id of ['topic-water', 'topic-health', 'new-topics', 'language-fr']) {
		expect(asks.text).toMatch(new RegExp(`id="${id}"[^>]* checked`))
	}
	expect((await app.request.get('/newsletters/plain/fr').expect(200)).text).not.toContain('topic-water')
})

it('What was chosen holds from the confirmation on, in the language that was chosen', async () => {
	await signUp('ada@example.org', { topics: 'water', language: 'fr' }).expect(200)
	expect(await choicesOf('ada@example.org')).toMatchObject({ all: true, topics: 0 })
	await confirm('ada@example.org')
	const { id, ...choices } = await choicesOf('ada@example.org')
	expect(choices).toEqual({ locale: 'fr', all: false, topics: 1 })
	expect((await receiptsOf(app, id)).map(({ action }) => action)).toEqual([
		'requested',
		'confirmed',
		'chosen',
	])
})

it('A sign-up by somebody else changes nothing of who is subscribed', async () => {
	await signUp('ben@example.org', { topics: 'water' }).expect(200)
	await confirm('ben@example.org')
	const before = await subscriptionOf(app, 'ben@example.org')
	await signUp('ben@example.org', { topics: 'health', language: 'fr' }).expect(200)
	await app.drain()
	expect(await subscriptionOf(app, 'ben@example.org')).toEqual({ ...before, updated_at: expect.any(Date) })
})

it('No topic at all is refused, and the form is kept; one that ended meanwhile is no trouble', async () => {
	const none = await signUp('cleo@example.org', { language: 'fr' }).expect(422)
	expect(none.text).toContain('Choose at least one topic')
	expect(none.text).toContain('value="cleo@example.org"')
	expect(none.text).toMatch(/id="language-fr"[^>]* checked/)
	expect(none.text).not.toMatch(/id="topic-water"[^>]* checked/)
	await signUp('cleo@example.org', { topics: 'water' }).expect(200)
	const end = (archived: boolean) =>
		changeTopic(app, { slug: 'news', topic: 'water' }, { archived }, operator)
	await end(true)
	await confirm('cleo@example.org')
	expect(await choicesOf('cleo@example.org')).toMatchObject({ all: true })
	await end(false)
})

it('Answers that were not asked for are ignored', async () => {
	await signUp('dan@example.org', { topics: 'water', language: 'fr' }, 'plain').expect(200)
	await app.drain()
	await app.request.post(await confirmPath(app, 'dan@example.org')).expect(200)
	expect(await choicesOf('dan@example.org', 'plain')).toMatchObject({ locale: 'en', all: true, topics: 0 })
})

type Field = [name: string, value: string]

/** The names and values of a form's fields, as a browser would send them. */
function fieldsOf(form: string) {
	return [...form.matchAll(/<input[^>]*>/g)]
		.map(([input]) => ({
			name: /name="([^"]*)"/.exec(input)?.[1] ?? '',
			value: /value="([^"]*)"/.exec(input)?.[1] ?? '',
			isSent: !/type="(?:checkbox|radio)"/.test(input) || / checked/.test(input),
		}))
		.filter(({ isSent }) => isSent)
		.map(({ name, value }): Field => [name, value])
}

it('The form to paste asks too, in HTML that stands alone: labels, no script, no ids', async () => {
	const staff = await staffOf(app)
	const one = await staff.call('get', '/newsletters/news/form?locale=fr')
	// so that it can be pasted several times into a page
	expect(one.text).not.toMatch(/<script|style=|\s(?:id|for|aria-\w+)=/)
	const visible = one.text.match(/<input(?![^>]*hidden)[^>]*>/g)
	expect(one.text.match(/<label[^>]*>[^<]*(?:<(?!\/label)[^<]*)*<\/label>/g)).toHaveLength(
		visible?.length ?? 0,
	)
	expect(fieldsOf(one.text)).toEqual([
		['email', ''],
		['offered', 'water'],
		['topics', 'water'],
		['offered', 'health'],
		['topics', 'health'],
		['new_topics', 'yes'],
		['language', 'fr'],
		['website', ''],
		['locale', 'fr'],
		['wording', '1'],
	])
	const plain = await staff.call('get', '/newsletters/plain/form?locale=fr')
	expect(fieldsOf(plain.text).map(([name]) => name)).toEqual(['email', 'website', 'locale', 'wording'])
	expect((await app.request.get('/newsletters/news/fr/form')).text).toContain('name=&quot;offered&quot;')
	expect((await app.request.get('/newsletters/plain/fr/form')).text).not.toContain('name=&quot;offered')
})

it('What a pasted form sends is taken, and what is wrong with it is shown on Envoi’s page with what was typed', async () => {
	const { text } = await (await staffOf(app)).call('get', '/newsletters/news/form')
	const send = (email: string, change: (fields: Field[]) => Field[]) =>
		app.request
			.post('/newsletters/news/subscriptions')
			.set('Origin', 'https://blog.example')
			.type('form')
			.send(
				new URLSearchParams(
					change([...fieldsOf(text), ['email', email] satisfies Field].filter(([, value]) => value)),
				).toString(),
			)
	const only = (topic: string | undefined) => (fields: Field[]) =>
		fields.filter(([name, value]) => name !== 'new_topics' && (name !== 'topics' || value === topic))
	const none = await send('eve@example', only('health')).expect(422)
	expect(none.text).toContain('value="eve@example"')
	expect(none.text).toMatch(/id="topic-health"[^>]* checked/)
	expect(none.text).not.toMatch(/id="topic-water"[^>]* checked/)
	expect((await send('eve@example.org', only(undefined)).expect(422)).text).toContain(
		'Choose at least one topic',
	)
	await send('eve@example.org', only('health')).expect(200)
	await confirm('eve@example.org')
	expect(await choicesOf('eve@example.org')).toMatchObject({ locale: 'en', all: false, topics: 1 })
})

describe('A program', () => {
	const send = (email: string, answers: object, newsletter = 'all') =>
		app.request
			.post(`/api/v1/newsletters/${newsletter}/subscriptions`)
			.send({ email, locale: 'en', ...answers })

	async function confirmedChoices(email: string, newsletter = 'all') {
		await confirm(email)
		const { given_name: name } = await app.db
			.selectFrom('subscribers')
			.select('given_name')
			.where('comparable_address', '=', email)
			.executeTakeFirstOrThrow()
		const { all, topics } = await choicesOf(email, newsletter)
		return { all, topics, name }
	}

	it.each([
		['amina', { topics: ['water'], givenName: ' Amina ' }, { all: false, topics: 1, name: 'Amina' }],
		['ben', { topics: ['water'], newTopics: true }, { all: true, topics: 1, name: null }],
		['cleo', { newTopics: false }, { all: false, topics: 2, name: null }],
		['dan', { newTopics: true, givenName: '' }, { all: true, topics: 0, name: null }],
		['eve', { givenName: 'Ève' }, { all: true, topics: 0, name: 'Ève' }],
	])('chooses for %s', async (name, answers, choices) => {
		await send(`${name}@json.example`, answers).expect(202)
		expect(await confirmedChoices(`${name}@json.example`)).toEqual(choices)
	})

	it('is told which answer is wrong, and nothing is taken', async () => {
		const wrong = async (answers: object) => {
			const { body } = await send('wrong@json.example', answers).expect(422)
			return body.fields.map(({ field, message }: Record<string, string>) => `${field}: ${message}`)
		}
		expect(await wrong({ topics: [] })).toEqual([expect.stringMatching(/^topics: Choose at least one topic/)])
		expect(await wrong({ topics: ['water', 'sport'] })).toEqual([expect.stringMatching(/^topics: .*sport/)])
		expect(await wrong({ topics: 'water' })).toEqual([expect.stringMatching(/^topics: /)])
		expect(await wrong({ givenName: 'www.example' })).toEqual([expect.stringMatching(/^givenName: /)])
		await app.drain()
		const found = app.db.selectFrom('subscribers').where('comparable_address', '=', 'wrong@json.example')
		expect(await found.select('id').execute()).toEqual([])
	})

	it('answers in vain what the newsletter does not ask', async () => {
		const answers = { topics: ['sport'], newTopics: false, givenName: 'www.example' }
		await send('fay@json.example', answers, 'plain').expect(202)
		expect(await confirmedChoices('fay@json.example', 'plain')).toEqual({ all: true, topics: 0, name: null })
	})
})
