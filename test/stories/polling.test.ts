import { afterAll, beforeAll, expect, it } from 'vitest'
import { operator } from '../../src/kernel/actor.ts'
import { createNewsletter } from '../../src/newsletters/index.ts'
import { addSource, listStories, pollSourceNow } from '../../src/stories/index.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'
import { serveFeed } from './serve-feed.ts'

let app: TestApp

beforeAll(async () => {
	app = await startTestApp({ config: { feedAllowedHosts: ['127.0.0.1'] } })
})
afterAll(() => app.close())

it('happens by itself: when a source is added, when it is due, and when staff ask', async () => {
	const feed = await serveFeed({ guid: '1', title: 'One' })
	const { id: newsletterId } = await createNewsletter(
		app,
		{
			slug: 'news',
			fromAddress: 'news@charity.test',
			texts: { en: { name: 'News' } },
		},
		operator,
	)
	const titles = async () => {
		const stories = await listStories(app, { newsletterId })
		return stories.map(({ title }) => title).sort()
	}
	const source = await addSource(app, { newsletterId, url: feed.url, locale: 'en' }, operator)
	await app.drain()
	expect(await titles()).toEqual(['One'])

	feed.entries.push({ guid: '2', title: 'Two' })
	await app.jobs.enqueue('poll-due-sources', {})
	await app.drain()
	expect(await titles()).toEqual(['One'])

	app.clock.advance({ hours: 1 })
	await app.jobs.enqueue('poll-due-sources', {})
	await app.drain()
	expect(await titles()).toEqual(['One', 'Two'])

	feed.entries.push({ guid: '3', title: 'Three' })
	await pollSourceNow(app, { sourceId: source.id }, operator)
	await app.drain()
	expect(await titles()).toEqual(['One', 'Three', 'Two'])

	// a clock that was far ahead has put the next poll off
	const right = app.clock.now()
	app.clock.advance({ days: 400 })
	await app.jobs.enqueue('poll-due-sources', {})
	await app.drain()
	app.clock.set(right)
	feed.entries.push({ guid: '4', title: 'Four' })
	await app.jobs.enqueue('poll-due-sources', {})
	await app.drain()
	expect(await titles()).toContain('Four')
})
