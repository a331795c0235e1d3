import { parseAtomFeed } from 'feedsmith'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cancelSending } from '../../../src/deliveries/index.ts'
import { pauseDigest, type TriggerRequest, triggerDigest } from '../../../src/digests/index.ts'
import { operator } from '../../../src/kernel/actor.ts'
import { changeNewsletter, type Newsletter } from '../../../src/newsletters/index.ts'
import { linkTranslations } from '../../../src/stories/index.ts'
import { makeNewsletter, makeReader, makeStory } from '../../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

let app: TestApp
let silent: Newsletter
beforeAll(async () => {
	app = await startTestApp()
	// pages of errors know newsletters half a minute late
	silent = await make({ archive: 'off' })
})
afterAll(() => app?.close())

async function make(input: Parameters<typeof makeNewsletter>[1] = {}): Promise<Newsletter> {
	const newsletter = await makeNewsletter(app, input)
	await makeReader(app, newsletter.id, { address: 'awa@example.net' })
	await makeReader(app, newsletter.id, { address: 'eve@example.net', locale: 'fr' })
	return newsletter
}

async function send(newsletter: Newsletter, request: Partial<TriggerRequest> = {}): Promise<number> {
	const made = await triggerDigest(app, newsletter.id, { by: operator, ...request })
	if (made.kind !== 'created') throw new Error(made.kind)
	await app.drain()
	return made.digest.id
}

async function pair(newsletter: Newsletter, en: string, fr: string): Promise<void> {
	const storyIds = [
		await makeStory(app, newsletter.id, { title: en }),
		await makeStory(app, newsletter.id, { title: fr, locale: 'fr' }),
	]
	await linkTranslations(app, { storyIds }, operator)
}

const letter = (en: string): Partial<TriggerRequest> => ({
	isLetter: true,
	storyIds: [],
	subject: { en: en },
	introduction: { en: `**${en}** and more` },
})

const pathsIn = (html: string, { slug }: Newsletter) => [
	...new Set(html.match(new RegExp(`/newsletters/${slug}/\\w+/archive/[\\w-]+`, 'g'))),
]
async function feedOf({ slug }: Newsletter): Promise<{ text: string; type: string | null }> {
	const answer = await fetch(`${app.url}/newsletters/${slug}/en/feed`)
	return { text: await answer.text(), type: answer.headers.get('content-type') }
}
const front = async ({ slug }: Newsletter, locale = 'en') =>
	(await app.request.get(`/newsletters/${slug}/${locale}`).expect(200)).text

describe('a digest that has gone out', () => {
	let newsletter: Newsletter
	let path: string
	beforeAll(async () => {
		newsletter = await make({ signupAsks: ['given_name'] })
		await app.db.updateTable('subscribers').set({ given_name: 'Awatif' }).execute()
		await makeStory(app, newsletter.id, { title: 'A second story', hoursAgo: 5 })
		await pair(newsletter, 'A well is dug', 'Un puits est creusé')
		await app.db
			.updateTable('stories')
			.set({ image_url: 'https://charity.example/well.jpg', image_alt: 'A well' })
			.where('title', '=', 'A well is dug')
			.execute()
		await send(newsletter, { introduction: { en: 'Dear *friends*', fr: 'Chers *amis*' } })
		path = pathsIn(await front(newsletter), newsletter)[0] ?? ''
	})

	it('is on the newsletter’s page, and has an address that can be read', async () => {
		expect(path).toMatch(/\/en\/archive\/\d{4}-\d\d-\d\d-a-well-is-dug$/)
		const { text } = await app.request.get(path).expect(200)
		for (const part of ['A well is dug', 'A second story', 'Dear <em>friends</em>', 'well.jpg']) {
			expect(text).toContain(part)
		}
		const french = await front(newsletter, 'fr')
		expect(french).toContain('Un puits est creusé')
		expect(french).not.toContain('A second story')
	})

	it('holds nothing of any reader', async () => {
		const read = await Promise.all(app.captured?.list().map((mail) => mail.parse()) ?? [])
		const mails = read.map(({ html }) => html)
		const tokens = mails.flatMap((html) => html?.match(/(?:unsubscribe|preferences)\/[\w.-]{20,}/g) ?? [])
		expect(tokens.length).toBeGreaterThan(3)
		expect(mails.join()).toContain('Awatif')
		const feed = await feedOf(newsletter)
		const pages = [await front(newsletter), (await app.request.get(path)).text, feed.text]
		for (const html of pages) {
			for (const token of tokens) expect(html).not.toContain(token.split('/')[1])
			expect(html).not.toMatch(/\/unsubscribe\/|\/preferences\/|Awatif|awa@example|slot_|\/digests\//)
		}
		expect(pages[1]).toContain(`href="/newsletters/${newsletter.slug}/en"`)
	})

	it('says to others what it is, and in which languages it is', async () => {
		const { text } = await app.request.get(path).expect(200)
		const head = text.slice(0, text.indexOf('</head>'))
		expect(head).toContain(`<link rel="canonical" href="${app.url}${path}">`)
		expect(head).toMatch(/hreflang="fr" href="[^"]*\/fr\/archive\/[\d-]+un-puits-est-creuse"/)
		expect(head).toContain('<meta property="og:title" content="A well is dug">')
		expect(head).toMatch(/<meta property="og:description" content="[^"]+">/)
		expect(head).toContain('<meta property="og:image" content="https://charity.example/well.jpg">')
		expect(head).toContain('type="application/atom+xml"')
		expect(head).not.toContain('noindex')
	})

	it('may be kept by others for a short while, and is asked for again by its tag', async () => {
		const first = await app.request.get(path).expect(200)
		expect(first.headers['cache-control']).toBe('public, max-age=300')
		expect(first.headers['set-cookie']).toBeUndefined()
		expect(first.headers['content-security-policy']).toContain("style-src 'self'")
		await app.request
			.get(path)
			.set('If-None-Match', first.headers.etag ?? '')
			.expect(304)
	})

	it('stays as it was sent, whatever becomes of its stories and renditions', async () => {
		const before = await app.request.get(path).expect(200)
		await app.db.updateTable('stories').set({ title: 'Changed', hidden_at: new Date() }).execute()
		await app.db.deleteFrom('renditions').execute()
		expect((await app.request.get(path).expect(200)).text).toBe(before.text)
	})
})

it('A digest that has not gone out can’t be found, by whatever name', async () => {
	const newsletter = await make()
	await makeStory(app, newsletter.id, { title: 'A secret' })
	const made = await triggerDigest(app, newsletter.id, { by: operator })
	if (made.kind !== 'created') throw new Error(made.kind)
	await pauseDigest(app, made.digest.id, operator)
	await app.drain()
	const { name } = await app.db
		.selectFrom('archive_pages')
		.select('name')
		.where('digest_id', '=', made.digest.id)
		.executeTakeFirstOrThrow()
	expect(name).toMatch(/-a-secret$/)
	const answer = await app.request.get(`/newsletters/${newsletter.slug}/fr/archive/${name}`)
	const english = await app.request.get(`/newsletters/${newsletter.slug}/en/archive/${name}`)
	expect([answer.status, english.status]).toEqual([404, 404])
	expect(english.text).toContain(`href="/newsletters/${newsletter.slug}/en"`)
	expect(await front(newsletter)).not.toContain('A secret')
	const feed = await feedOf(newsletter)
	expect(feed.text).not.toContain('secret')
})

it('What stories and staff wrote is text: no markup of theirs comes through', async () => {
	const newsletter = await make()
	const payload = '"><script>alert(1)</script><img src=x onerror=alert(2)>'
	const id = await makeStory(app, newsletter.id, { title: payload, summary: payload })
	await app.db
		.updateTable('stories')
		.set({
			link: 'javascript:alert(3)',
			image_url: 'javascript:alert(4)',
			author: payload,
			categories: [payload],
		})
		.where('id', '=', id)
		.execute()
	await send(newsletter, { introduction: { en: `${payload}\n\n[x](javascript:alert(5)) ]]>` } })
	const html = await front(newsletter)
	const [path = ''] = pathsIn(html, newsletter)
	const page = (await app.request.get(path).expect(200)).text
	const feed = (await feedOf(newsletter)).text
	for (const text of [html, page]) {
		expect(text).not.toMatch(/<script>|<img src=x|href="javascript|src="javascript/)
		expect(text).toContain('&lt;script&gt;')
	}
	expect(feed).not.toMatch(/<script|<img/)
	const content = parseAtomFeed(feed).entries?.[0]?.content?.value ?? ''
	expect(content).toContain('&lt;script&gt;')
	expect(content).not.toMatch(/<script>|<img|href="javascript/)
})

it('The feed is one as RFC 4287 wants it, and its ids do not depend on where the server is', async () => {
	const newsletter = await make()
	await makeStory(app, newsletter.id, { title: 'One & only' })
	await send(newsletter)
	await send(newsletter, letter('A letter\u0001'))
	const answer = await feedOf(newsletter)
	expect(answer.type).toMatch(/^application\/atom\+xml/)
	const feed = parseAtomFeed(answer.text)
	expect(feed.id).toBe(`tag:charity.example,2026:${newsletter.slug}/en`)
	expect(feed).toMatchObject({ title: { value: 'World News' }, authors: [{ name: 'World News' }] })
	expect(feed.links?.map(({ rel, href }) => [rel, href])).toEqual([
		['self', `${app.url}/newsletters/${newsletter.slug}/en/feed`],
		['alternate', `${app.url}/newsletters/${newsletter.slug}/en`],
	])
	expect(feed.entries?.map(({ title }) => title?.value)).toEqual(['A letter', 'One & only'])
	for (const { id, updated, published, links, content } of feed.entries ?? []) {
		expect(id).toMatch(
			new RegExp(`^tag:charity\\.example,\\d{4}-\\d\\d-\\d\\d:${newsletter.slug}/en/[\\w-]+$`),
		)
		expect(id).not.toContain('127.0.0.1')
		expect(new Date(updated ?? '').getTime()).toBe(new Date(published ?? '').getTime())
		await app.request.get(new URL(links?.[0]?.href ?? '').pathname).expect(200)
		expect(content?.value).toMatch(/<p>/)
	}
	expect(new Set(feed.entries?.map(({ id }) => id)).size).toBe(2)
	expect(feed.updated).toBe(feed.entries?.[0]?.updated)
})

it('A letter without a subject of its own is called by its first words, cut between characters', async () => {
	const newsletter = await make()
	await send(newsletter, { isLetter: true, storyIds: [], introduction: { en: `x${'😀'.repeat(200)}` } })
	const html = await front(newsletter)
	expect(html).toContain(`>x${'😀'.repeat(89)}…</a>`)
	const [path = ''] = pathsIn(html, newsletter)
	expect(path).toMatch(/\/\d{4}-\d\d-\d\d-x$/)
	await app.request.get(path).expect(200)
})

describe('by its setting', () => {
	it('a newsletter has no archive, and old addresses lead to its page', async () => {
		const newsletter = silent
		await makeStory(app, newsletter.id, { title: 'Not for all' })
		await send(newsletter)
		expect(await front(newsletter)).not.toContain('Not for all')
		const { slug } = newsletter
		await changeNewsletter(app, slug, { archive: 'public' }, operator)
		const [path = ''] = pathsIn(await front(newsletter), newsletter)
		await app.request.get(path).expect(200)
		await changeNewsletter(app, slug, { archive: 'off' }, operator)
		for (const gone of [path, `/newsletters/${slug}/en/archive`, `/newsletters/${slug}/en/feed`]) {
			const answer = await app.request.get(gone).set('Accept', 'text/html').expect(404)
			expect(answer.text).toContain(`href="/newsletters/${slug}/en"`)
			expect(answer.headers['cache-control']).toBe('no-store')
		}
	})

	it('search engines are kept out, and no feed is offered to them', async () => {
		const newsletter = await make({ archive: 'unindexed' })
		await makeStory(app, newsletter.id, { title: 'For people' })
		await send(newsletter)
		const html = await front(newsletter)
		expect(html).toContain('For people')
		expect(html).not.toContain('rel="alternate" type="application/atom+xml"')
		const [path = ''] = pathsIn(html, newsletter)
		const list = `/newsletters/${newsletter.slug}/en/archive`
		for (const each of [path, list, list.replace('archive', 'feed')]) {
			expect((await app.request.get(each).expect(200)).headers['x-robots-tag']).toBe('noindex')
		}
		expect((await app.request.get(path)).text).toContain('<meta name="robots" content="noindex">')
	})
})

describe('a correction', () => {
	it('is marked as one, and leads to the digest that was stopped and back; no list shows that', async () => {
		const newsletter = await make()
		await makeStory(app, newsletter.id, { title: 'A wrong story' })
		const wrong = await triggerDigest(app, newsletter.id, { by: operator })
		if (wrong.kind !== 'created') throw new Error(wrong.kind)
		await cancelSending(app, wrong.digest.id, operator)
		await app.drain()
		const { name } = await app.db
			.selectFrom('archive_pages')
			.select('name')
			.where('digest_id', '=', wrong.digest.id)
			.executeTakeFirstOrThrow()
		const stopped = `/newsletters/${newsletter.slug}/en/archive/${name}`
		await app.request.get(stopped).expect(404)
		await send(newsletter, { ...letter('What is right'), corrects: wrong.digest.id })
		const html = await front(newsletter)
		const [path = '', ...more] = pathsIn(html, newsletter)
		expect(more).toEqual([])
		expect(html).toContain('<strong>Correction</strong>')
		const correction = await app.request.get(path).expect(200)
		expect(correction.text).toContain(`href="${stopped}"`)
		const page = await app.request.get(stopped).expect(200)
		expect(page.text).toContain(`href="${path}"`)
		expect(page.text).toContain('we stopped sending it')
		expect(page.headers['x-robots-tag']).toBe('noindex')
		const feed = (await feedOf(newsletter)).text
		expect(feed).toContain('<category term="correction" label="Correction"/>')
		expect(feed).not.toContain('A wrong story')
	})
})

it('Years of digests are parted into pages, each reachable from the newsletter’s', async () => {
	const newsletter = await make()
	await makeStory(app, newsletter.id, { title: 'The newest' })
	const id = await send(newsletter)
	const [page] = await app.db.selectFrom('archive_pages').selectAll().where('digest_id', '=', id).execute()
	if (!page) throw new Error('no page')
	for (let index = 0; index < 130; index++) {
		const year = index < 125 ? 2024 : 2023
		const day = new Date(Date.UTC(year, 0, 1 + (index % 125) * 2)).toISOString().slice(0, 10)
		const digest = await app.db
			.insertInto('digests')
			.values({
				newsletter_id: newsletter.id,
				public_id: `past-${newsletter.id}-${index}`,
				state: 'completed',
				trigger: 'staff',
			} as never)
			.returning('id')
			.executeTakeFirstOrThrow()
		await app.db
			.insertInto('archive_pages')
			.values({
				...page,
				digest_id: digest.id,
				name: `${day}-past-${index}`,
				day,
				title: `Past ${index}`,
				stories: JSON.stringify(page.stories),
				picture: null,
			})
			.execute()
	}
	const seen = new Set<string>()
	const visited = new Set<string>()
	const visit = async (path: string) => {
		if (visited.has(path)) return
		visited.add(path)
		const { text } = await app.request.get(path).expect(200)
		for (const found of pathsIn(text, newsletter)) seen.add(found)
		for (const [, next = ''] of text.matchAll(/href="([^"]*\/archive\?year=[^"]*)"/g)) {
			await visit(next.replaceAll('&amp;', '&').replace(app.url, ''))
		}
	}
	await visit(`/newsletters/${newsletter.slug}/en`)
	expect(seen.size).toBe(131)
	expect(visited.size).toBeLessThan(8)
	const list = `/newsletters/${newsletter.slug}/en/archive`
	for (const path of [`${list}?year=1999`, `${list}?page=50`, `${list}/2024-01-01-past-0-`]) {
		await app.request.get(path).expect(404)
	}
	await app.request.get(`${list}?year=x&page=-1`).expect(200)
})
