import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { triggerDigest } from '../../../src/digests/index.ts'
import { operator } from '../../../src/kernel/actor.ts'
import { getNewsletter } from '../../../src/newsletters/index.ts'
import { type ConsoleBrowser, signInAs } from '../../support/console-browser.ts'
import { makeNewsletter, makeReader, makeStory } from '../../support/make-newsletter.ts'
import { type SmtpSink, startSmtpSink } from '../../support/smtp-sink.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

const feed = `<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>
	<item><title>A kitchen opens</title><link>https://handsacross.example/1</link><guid>1</guid></item></channel></rss>`

let app: TestApp
let site: Server
let sink: SmtpSink
let owner: ConsoleBrowser
let address: string
const base = '/console/newsletters/hands-across'
beforeAll(async () => {
	site = createServer((_, response) => {
		response.setHeader('Content-Type', 'application/rss+xml')
		response.end(feed)
	}).listen(0, '127.0.0.1')
	sink = await startSmtpSink()
	const host = `127.0.0.1:${(site.address() as AddressInfo).port}`
	address = `http://${host}/feed.xml`
	app = await startTestApp({ config: { smtpUrl: sink.url, feedAllowedHosts: [host] } })
	owner = await signInAs(app, 'owner')
	const fields = { name_en: 'Hands Across', fromAddress: 'news@handsacross.example', colour: '#0f5c5c' }
	await owner.post('/console/newsletter', fields).expect(303)
})
afterAll(async () => {
	await app?.close()
	await sink?.close()
	site?.close()
})

/** The steps that Home says are still to be done. */
async function open(): Promise<string[]> {
	const page = (await owner.get(base).expect(200)).text
	return [...page.matchAll(/<h3>([^<]+)<span class="unseen">: still to do/g)].map(([, title = '']) => title)
}

describe('the first steps', () => {
	const steps: Array<[title: string, take: () => Promise<unknown>]> = [
		[
			'Name and address',
			() =>
				owner.post(`${base}/settings`, {
					name_en: 'Hands Across',
					postalAddress: '12 Harbour Street',
					contact: 'hello@handsacross.example',
				}),
		],
		[
			'Your stories',
			async () => {
				await owner.post(`${base}/sources`, { url: address, locale: 'en', latest: '3' })
				await app.drain()
			},
		],
		['Colour and logo', () => owner.post(`${base}/look`, { colour: '#0f5c5c' })],
		['How mail leaves', () => owner.post(`${base}/sender/relay`)],
		[
			'First test digest',
			async () => {
				const draft = (await owner.post(`${base}/drafts`).expect(303)).headers.location ?? ''
				expect((await owner.get(base)).text).toContain(`href="${draft}/preview#test"`)
				await owner.post(`${draft}/test`, { to: 'amina@handsacross.example' }).expect(303)
			},
		],
		[
			'First readers',
			async () => {
				const { id } = await app.db.selectFrom('newsletters').select('id').executeTakeFirstOrThrow()
				await makeReader(app, id, { address: 'awa@example.net', state: 'pending' })
			},
		],
	]

	it('are all there at first, each leading to its page, where the next one is named', async () => {
		expect(await open()).toEqual(steps.map(([title]) => title))
		const home = (await owner.get(base)).text
		for (const path of ['settings', 'sources', 'look', 'sender#relays', 'forms']) {
			expect(home).toContain(`href="${base}/${path}"`)
			const page = (await owner.get(`${base}/${path}`).expect(200)).text
			expect(page).toMatch(/Step \d of 6/)
			expect(page).toContain('Next: ')
		}
	})

	it('are for owners alone, who can take them', async () => {
		const editor = await signInAs(app, 'editor')
		expect((await editor.get(base).expect(200)).text).not.toContain('Before the first digest')
		expect((await editor.get(`${base}/sources`).expect(200)).text).not.toContain('Step 2')
	})

	it('are done when what they are about is there, one by one, and go when all are', async () => {
		for (const [index, [, take]] of steps.entries()) {
			await take()
			expect(await open()).toEqual(steps.slice(index + 1).map(([title]) => title))
		}
		expect((await owner.get(base)).text).not.toContain('Before the first digest')
		expect((await owner.get(`${base}/look`)).text).not.toContain('Step 3')
	})

	it('come back where what they are about goes', async () => {
		await owner
			.post(`${base}/settings`, { name_en: 'Hands Across', postalAddress: '', contact: '' })
			.expect(303)
		expect(await open()).toEqual(['Name and address'])
	})

	it('that a first digest left undone stay, without those that it has shown', async () => {
		const { slug } = await makeNewsletter(app, { texts: { en: { name: 'Second' } } })
		const { id } = await getNewsletter(app, { slug })
		await makeStory(app, id)
		await makeReader(app, id, { address: 'awa@post.example' })
		const before = (await owner.get(`/console/newsletters/${slug}`).expect(200)).text
		expect(before).toContain('Before the first digest')
		await triggerDigest(app, id, { by: operator })
		await app.drain()
		const after = (await owner.get(`/console/newsletters/${slug}`).expect(200)).text
		expect(after).toContain('Still to be done')
		expect(after).toContain('Colour and logo')
		expect(after).not.toContain('First test digest')
		expect((await owner.get(`/console/newsletters/${slug}/look`)).text).not.toContain('Step 3')
		await owner.post(`/console/newsletters/${slug}/look`, { colour: '#0f5c5c' }).expect(303)
		expect((await owner.get(`/console/newsletters/${slug}`)).text).not.toContain('Still to be done')
	})
})
