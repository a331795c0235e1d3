import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findChanges, listAudit } from '../../src/audit/index.ts'
import { operator } from '../../src/kernel/actor.ts'
import { addTopic, changeNewsletter, changeTopic } from '../../src/newsletters/index.ts'
import { addMember, changeMember, memberInput } from '../../src/staff/index.ts'
import { addSource, changeSource, changeStory } from '../../src/stories/index.ts'
import { signInAs } from '../support/console-browser.ts'
import { makeNewsletter, makeStory } from '../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'

describe('what was changed', () => {
	it('is told field by field, what was there and what is, without what stayed', () => {
		const before = { name: 'News', schedule: null, topics: ['water'], at: new Date(0), gone: 'x', same: 1 }
		const after = {
			name: 'New',
			schedule: { cron: '0 7 * * 4' },
			topics: ['water', 'health'],
			at: null,
			same: 1,
		}
		expect(findChanges(before, after)).toEqual([
			{ field: 'name', before: 'News', after: 'New' },
			{ field: 'schedule.cron', before: null, after: '0 7 * * 4' },
			{ field: 'topics', before: 'water', after: 'water, health' },
			{ field: 'at', before: '1970-01-01T00:00:00.000Z', after: null },
			{ field: 'gone', before: 'x', after: null },
		])
	})

	it('is seen behind what is cut of long texts', () => {
		const [change] = findChanges({ text: `${'x'.repeat(400)}a` }, { text: `${'x'.repeat(400)}b` })
		expect(change?.before).toHaveLength(301)
	})
})

describe('the log', () => {
	let app: TestApp
	beforeAll(async () => {
		app = await startTestApp({ workers: false })
	})
	afterAll(() => app?.close())

	const changesOf = async (subject: string) => (await listAudit(app, { subject, limit: 1 }))[0]?.changes

	it('has before and after of newsletters, topics, sources, stories and people', async () => {
		const newsletter = await makeNewsletter(app)
		const { slug } = newsletter
		const schedule = { cron: '0 7 * * 4', timeZone: 'America/Toronto', draftFirst: { sendAt: null } }
		const changes = { postalAddress: '1 Harbour Road', texts: { fr: { name: 'Nouvelles' } }, schedule }
		await changeNewsletter(app, slug, changes, operator)
		expect(await changesOf(`newsletter:${slug}`)).toEqual(
			expect.arrayContaining([
				{ field: 'postalAddress', before: newsletter.postalAddress, after: '1 Harbour Road' },
				expect.objectContaining({ field: 'texts.fr.name', after: 'Nouvelles' }),
				{ field: 'schedule.draftFirst', before: null, after: 'waits' },
			]),
		)
		const texts = { en: { name: 'Water', description: '' }, fr: { name: 'Eau', description: '' } }
		await addTopic(app, slug, { slug: 'water', texts }, operator)
		await changeTopic(app, { slug, topic: 'water' }, { archived: true }, operator)
		expect(await changesOf('topic:')).toEqual([{ field: 'archived', before: 'false', after: 'true' }])
		const url = 'https://charity.example/feed'
		const source = await addSource(app, { newsletterId: newsletter.id, url, locale: 'en' }, operator)
		await changeSource(app, { sourceId: source.id, changes: { state: 'paused' } }, operator)
		expect(await changesOf('source:')).toEqual([{ field: 'state', before: 'active', after: 'paused' }])
		const storyId = await makeStory(app, newsletter.id)
		await changeStory(app, { storyId, changes: { title: 'Another' } }, operator)
		expect(await changesOf('story:')).toEqual([expect.objectContaining({ field: 'title', after: 'Another' })])
		const input = memberInput.parse({ name: 'Luc', email: 'luc@staff.example', role: 'editor' })
		const { id } = await addMember(app, input, operator)
		await changeMember(app, id, { role: 'viewer', newsletters: [slug] }, operator)
		expect(await changesOf('member:')).toEqual([
			{ field: 'role', before: 'editor', after: 'viewer' },
			{ field: 'newsletters', before: '*', after: slug },
		])
	})

	it('is read in words, and shows markup as text', async () => {
		const { slug } = await makeNewsletter(app)
		await changeNewsletter(app, slug, { contact: '<script>alert(1)</script>' }, operator)
		const owner = await signInAs(app, 'owner')
		const page = (await owner.get('/console/audit').expect(200)).text
		expect(page).toContain('<dt>Contact</dt>')
		expect(page).toContain('&lt;script&gt;alert(1)')
		expect(page).toMatch(/<dt>Role<\/dt><dd><del>Editor<\/del>\s*<ins>Viewer<\/ins>/)
		expect(page).toMatch(/<del>all<\/del>/)
		expect(page).toContain('<dt>Name (French)</dt>')
	})
})
