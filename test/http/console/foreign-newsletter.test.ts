import { afterAll, beforeAll, expect, it } from 'vitest'
import { openDraft, triggerDigest } from '../../../src/digests/index.ts'
import { listRoutes } from '../../../src/http/list-routes.ts'
import { consoleTag } from '../../../src/http/server/route.ts'
import { operator } from '../../../src/kernel/actor.ts'
import { roles } from '../../../src/kernel/roles.ts'
import { listTestLists, type Newsletter, saveTestList } from '../../../src/newsletters/index.ts'
import { importFile } from '../../support/bring-file.ts'
import { signInAs } from '../../support/console-browser.ts'
import { makeNewsletter, makeReader, makeStory } from '../../support/make-newsletter.ts'
import { rowsOfAll } from '../../support/rows-of-all.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

/** Stands in all that the foreign newsletter has. */
const mark = 'zanzibar'

const deps: object = new Proxy(
	{ captured: {}, config: { publicUrl: 'http://envoi.test' } },
	{ get: (own, name) => Reflect.get(own, name) ?? {} },
)
// what names something of a newsletter
const routes = listRoutes(deps as never).filter(
	({ tag, path }) => tag === consoleTag && /\/console\/(newsletters|digests|drafts|imports)\/\{/.test(path),
)

let app: TestApp
let own: Newsletter
let foreign: Newsletter
/** What the foreign newsletter has, by the folder in front of its number. */
let ids: Record<string, number>
beforeAll(async () => {
	app = await startTestApp({ workers: false })
	own = await makeNewsletter(app)
	foreign = await makeNewsletter(app, { texts: { en: { name: mark }, fr: { name: mark } } })
	ids = await fill(foreign)
})
afterAll(() => app?.close())

async function fill({ id, slug }: Newsletter): Promise<typeof ids> {
	await makeStory(app, id, { title: `${mark} one`, summary: mark })
	await makeReader(app, id, { address: `${mark}@readers.example` })
	const sent = await triggerDigest(app, id, { by: operator })
	if (sent.kind !== 'created') throw new Error(sent.kind)
	await makeStory(app, id, { title: `${mark} two`, summary: mark })
	const draft = await openDraft(app, id, { actor: operator })
	const file = await importFile(app, `email\n${mark}@post.example\nnobody@\n`, { newsletter: slug })
	await saveTestList(app, { id, slug }, { name: mark, addresses: `${mark}@team.example` }, operator)
	const [list] = await listTestLists(app, id)
	const { id: readers } = await app.db
		.selectFrom('subscriptions')
		.select('subscriber_id as id')
		.where('newsletter_id', '=', id)
		.executeTakeFirstOrThrow()
	return {
		...{ digests: sent.digest.id, drafts: draft.id, imports: file.id, readers },
		...{
			'test-lists': list?.id ?? 0,
			sources: await addSource(id),
			alerts: await raiseAlert(sent.digest.id),
		},
	}
}

async function addSource(newsletter_id: number): Promise<number> {
	const { id } = await app.db
		.insertInto('sources')
		.values({
			...{ newsletter_id, url: `https://${mark}.example/feed`, locale: 'en', topics: [] },
			next_poll_at: app.clock.now(),
		})
		.returning('id')
		.executeTakeFirstOrThrow()
	return id
}

async function raiseAlert(digest_id: number): Promise<number> {
	const at = app.clock.now()
	const { id } = await app.db
		.insertInto('bounce_alerts')
		.values({
			...{ alert_key: mark, digest_id, events: 3, classes: '{}', domains: '{}' },
			...{ raised_at: at, updated_at: at },
		})
		.returning('id')
		.executeTakeFirstOrThrow()
	return id
}

/** Where what is theirs would be: under their newsletter, and under one's own. */
function addressesOf(path: string): string[] {
	const filled = path
		.replace(/\/([a-z-]+)\/\{(?:id|list)\}/, (_, folder) => `/${folder}/${ids[folder] ?? ids.digests}`)
		.replace(/\{(?:story|number)\}/, '1')
		.replace('{topic}', mark)
		.replace('{locale}', 'en')
		.replace('{table}', 'readers')
	const slugs = /\{(id|list)\}/.test(path) ? [foreign.slug, own.slug] : [foreign.slug]
	return [...new Set(slugs.map((slug) => filled.replace('{slug}', slug)))]
}

/** What forms of the console send, so that none is refused for what it lacks. */
const fields = () => ({
	...{
		slug: foreign.slug,
		newsletter: foreign.slug,
		newsletterId: String(foreign.id),
		list: '1',
		story: '1',
	},
	...{ version: '1', step: 'lead', state: 'refused', shown: 'yes', do: 'run', basis: 'asked', words: 'x' },
	...{ name: 'x', name_en: 'x', subject_en: 'x', title_en: 'x', url: 'https://x.example/feed', locale: 'en' },
	...{
		address: 'a@x.example',
		addresses: 'a@x.example',
		to: 'a@x.example',
		note: 'x',
		about: 'x',
		relay: 'x',
	},
})

it.each(roles)(
	'%s: whoever guesses what another newsletter has is shown nothing of it, and changes nothing',
	async (role) => {
		const browser = await signInAs(app, role, { newsletters: [own.slug] })
		const before = await rowsOfAll(app.db)
		for (const { method, path } of routes) {
			for (const address of addressesOf(path)) {
				const {
					status,
					text = '',
					headers,
				} = await (method === 'get' ? browser.get(address) : browser.post(address, fields()))
				const where = `${method} ${address}: ${status} ${headers.location ?? ''}`
				// 303: where only forms are taken one is led to their page; 415: a file is asked for first
				if (status !== 403 && status !== 404 && !(method === 'get' && status === 303))
					expect(status, where).toBe(415)
				expect(text.toLowerCase(), where).not.toContain(mark)
			}
		}
		expect(await rowsOfAll(app.db)).toEqual(before)
	},
	60_000,
)
