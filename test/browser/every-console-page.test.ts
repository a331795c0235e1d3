import { mkdirSync } from 'node:fs'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDraft, triggerDigest } from '../../src/digests/index.ts'
import { operator } from '../../src/kernel/actor.ts'
import { getNewsletter } from '../../src/newsletters/index.ts'
import { createWebhookEndpoint, webhookEndpointInput } from '../../src/webhooks/index.ts'
import { importFile } from '../support/bring-file.ts'
import { makeStory } from '../support/make-newsletter.ts'
import { inTurn, someOf } from '../support/some-of.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'
import { comeIn } from './come-in.ts'
import { consolePages } from './console-pages.ts'
import { fillNewsletter, leaveFrom } from './fill-newsletter.ts'
import { chromiumPath, closePages, expectAccessible, openBrowser } from './open-browser.ts'

// a picture of each page in each language, width and scheme
const pictures = process.env.CONSOLE_PICTURES
const combinations = [
	['en', 1280],
	['fr', 320],
	['en', 320],
	['fr', 1280],
] as const

// these lead on where nothing waits for them, and are looked at where something does; a mail is no page
const elsewhere = [
	'/console',
	'/console/sign-in',
	'/console/sign-in/code',
	'/console/welcome/{token}',
	'/console/drafts/{id}/approve',
	'/console/drafts/{id}/hold',
	'/console/drafts/{id}/preview/mail',
	'/console/newsletters/{slug}/look/mail',
]

let app: TestApp
let browser: Browser
let ids: Record<'slug' | 'draft' | 'digest' | 'reader' | 'webhook' | 'file', string>
beforeAll(async () => {
	if (!chromiumPath) return
	if (pictures) mkdirSync(pictures, { recursive: true })
	browser = await openBrowser()
	app = await startTestApp()
	ids = await fill()
})
afterAll(async () => {
	await closePages()
	await app?.close()
})

/** A newsletter of which one digest went out, one reader left, and the next is in the making. */
async function fill(): Promise<typeof ids> {
	const slug = await fillNewsletter(app)
	const { id } = await getNewsletter(app, { slug })
	const sent = await triggerDigest(app, id, { by: operator })
	if (sent.kind !== 'created') throw new Error(sent.kind)
	await app.drain()
	await leaveFrom(app, sent.digest.id)
	await makeStory(app, id, { title: 'A bridge for the rainy season', hoursAgo: 2 })
	const draft = await openDraft(app, id, { actor: operator })
	const reader = await app.db
		.selectFrom('subscriptions')
		.select('subscriber_id as id')
		.where('state', '=', 'active')
		.executeTakeFirstOrThrow()
	const webhook = await tellSomebody(id)
	const file = await importFile(app, 'email\nawa@post.example\nnobody@\n', { newsletter: slug })
	return {
		slug,
		draft: String(draft.id),
		digest: String(sent.digest.id),
		reader: String(reader.id),
		webhook: String(webhook),
		file: String(file.id),
	}
}

/** A webhook with what it was told, and is to be told. */
async function tellSomebody(newsletterId: number): Promise<number> {
	const url = 'https://93.184.216.34/envoi/a-rather-long-address-that-has-to-be-broken-somewhere'
	const wish = webhookEndpointInput.parse({ url, events: ['subscriber.bounced_out'] })
	const { id } = await createWebhookEndpoint(app, wish, operator)
	const at = new Date()
	for (const state of ['failed', 'delivered', 'due'] as const) {
		const due_at = new Date(at.getTime() + 86_400_000)
		const told = { event: 'subscriber.bounced_out' as const, newsletter_id: newsletterId, subscription_id: 7 }
		const message = await app.db
			.insertInto('webhook_messages')
			.values({ ...told, endpoint_id: id, reader_id: 4, happened_at: at, due_at, state, attempts: 3 })
			.returning('id')
			.executeTakeFirstOrThrow()
		const came = state === 'delivered' ? { status: 204 } : { problem: 'forbidden_address' as const }
		const attempt = { message_id: message.id, at, duration_ms: 90 }
		await app.db
			.insertInto('webhook_attempts')
			.values({ ...attempt, ...came })
			.execute()
	}
	return id
}

/** Where a page is, with what there is. */
function addressOf(path: string): string {
	const [, place = ''] = /\/(drafts|readers|webhooks|imports)\//.exec(path) ?? []
	const id =
		{ drafts: ids.draft, readers: ids.reader, webhooks: ids.webhook, imports: ids.file }[place] ?? ids.digest
	return path.replace('{slug}', ids.slug).replace('{id}', id).replace('{locale}', 'en')
}

async function lookAt(page: Page, path: string, name: string): Promise<void> {
	const answer = await page.goto(app.url + addressOf(path))
	expect(answer?.status(), path).toBe(200)
	expect(new URL(page.url()).pathname, path).toBe(addressOf(path))
	expect(await page.locator('h1').count(), path).toBe(1)
	if (pictures) {
		for (const colorScheme of ['light', 'dark'] as const) {
			await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
			await page.screenshot({ path: `${pictures}/${name}-${colorScheme}.png`, fullPage: true })
		}
	}
	await expectAccessible(page)
}

/** `/console/newsletters/{slug}/test-lists` → `test-lists`. */
function nameOf(path: string): string {
	const [, place = 'home'] = path.replace('/newsletters/{slug}', '').match(/^\/console\/(.+)$/) ?? []
	return place.replaceAll('/{id}', '-one').replaceAll('/{locale}', '').replaceAll('/', '-')
}

const paths = consolePages.filter((path) => !elsewhere.some((other) => other === path))

describe
	.skipIf(!chromiumPath)
	.each(someOf(combinations, 2).map(([locale, width], turn) => ({ locale, width, turn })))(
	'each page of the console, in $locale at $width px',
	({ locale, width, turn }) => {
		let context: BrowserContext
		let page: Page
		beforeAll(async () => {
			context = await browser.newContext({ viewport: { width, height: 900 }, locale: `${locale}-CA` })
			const email = `amina.${locale}.${width}@handsacross.example`
			page = await comeIn(app, context, { name: 'Amina Diallo', email, role: 'owner', locale })
		})
		afterAll(() => context?.close())

		it.each(inTurn(paths, turn))('%s', async (path) => {
			await lookAt(page, path, `${nameOf(path)}-${locale}-${width}`)
		})
	},
)

it('What is looked at elsewhere is a page', () => {
	expect(consolePages).toEqual(expect.arrayContaining(elsewhere))
})
