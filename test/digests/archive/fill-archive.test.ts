import { afterAll, beforeAll, expect, it } from 'vitest'
import {
	changeScheduledNewsletter,
	findArchivePage,
	listArchive,
	triggerDigest,
} from '../../../src/digests/index.ts'
import { operator } from '../../../src/kernel/actor.ts'
import { makeNewsletter, makeReader, makeStory } from '../../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

let app: TestApp
beforeAll(async () => {
	app = await startTestApp()
})
afterAll(() => app?.close())

it('Once there is an archive it has what went out before it: as it was sent, as far as that is known', async () => {
	const newsletter = await makeNewsletter(app, { archive: 'off' })
	await makeReader(app, newsletter.id, { address: 'awa@example.net' })
	const [first, second, hidden] = [
		await makeStory(app, newsletter.id, { title: 'First' }),
		await makeStory(app, newsletter.id, { title: 'Second' }),
		await makeStory(app, newsletter.id, { title: 'Hidden later' }),
	]
	const own = {
		'-1': {
			writtenAt: '2026-01-01T00:00:00Z',
			picture: null,
			versions: { en: { title: 'Our own', summary: 'Written', link: null, pictureAlt: null } },
		},
	}
	await triggerDigest(app, newsletter.id, {
		by: operator,
		storyIds: [second, -1, hidden, first],
		own,
		edits: { [second]: { title: 'Second, better told' } },
		introduction: { en: 'Dear friends' },
	})
	await app.drain()
	const kept = await app.db.selectFrom('archive_pages').select(['name', 'day']).execute()
	// as a version without the archive left it
	await app.db.deleteFrom('archive_pages').execute()
	await app.db.updateTable('stories').set({ hidden_at: new Date() }).where('id', '=', hidden).execute()

	const changed = await changeScheduledNewsletter(app, newsletter.slug, { archive: 'unindexed' }, operator)
	const pages = await listArchive(app, changed, { locale: 'en', limit: 9 })
	expect(pages.map(({ name, day }) => ({ name, day }))).toEqual(kept)
	const page = await findArchivePage(app, changed, { locale: 'en', name: pages[0]?.name ?? '' })
	expect(page?.stories.map(({ title }) => title)).toEqual(['Second, better told', 'Our own', 'First'])
	expect(page?.introduction).toBe('Dear friends')

	await changeScheduledNewsletter(app, newsletter.slug, { archive: 'public' }, operator)
	expect(await listArchive(app, changed, { locale: 'en', limit: 9 })).toHaveLength(1)
})

it('A digest that is not over is not among them', async () => {
	const newsletter = await makeNewsletter(app, { archive: 'off' })
	await makeReader(app, newsletter.id, { address: 'eve@example.net' })
	await makeStory(app, newsletter.id)
	await triggerDigest(app, newsletter.id, { by: operator })
	await app.drain()
	await app.db.deleteFrom('archive_pages').execute()
	await app.db
		.updateTable('digests')
		.set({ state: 'sending', completed_at: null })
		.where('newsletter_id', '=', newsletter.id)
		.execute()
	const changed = await changeScheduledNewsletter(app, newsletter.slug, { archive: 'public' }, operator)
	expect(await listArchive(app, changed, { locale: 'en', limit: 9 })).toEqual([])
})
