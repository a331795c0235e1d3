import { afterAll, beforeAll } from 'vitest'
import { variantKey } from '../../src/digests/variant-key.ts'
import { operator } from '../../src/kernel/actor.ts'
import type { Newsletter } from '../../src/newsletters/index.ts'
import { createNewsletter } from '../../src/newsletters/index.ts'
import {
	addSource,
	listStories,
	type PollOutcome,
	pollSource,
	type Source,
	type SourceInput,
	type Story,
	storyQuery,
} from '../../src/stories/index.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'

let app: TestApp
let newsletters = 0

/** Boots the app once for a test file; no workers run, so that a test polls when it wants to. */
export function useStories(): void {
	beforeAll(async () => {
		app = await startTestApp({ workers: false, config: { feedAllowedHosts: ['127.0.0.1'] } })
	})
	afterAll(() => app.close())
}

/** A newsletter of its own in English and French, and what tests do with it. */
export async function storyFixture() {
	const { db, clock, log, jobs, fetchFeed } = app
	const deps = { db, clock, log, jobs, fetchFeed }
	const newsletter = await createNewsletter(
		deps,
		{
			slug: `news-${++newsletters}`,
			fromAddress: 'news@charity.test',
			texts: { en: { name: 'News' }, fr: { name: 'Nouvelles' } },
		},
		operator,
	)
	return {
		deps,
		clock,
		newsletter,
		add: (url: string, input: Partial<SourceInput> = {}): Promise<Source> =>
			addSource(deps, { newsletterId: newsletter.id, url, locale: 'en', ...input }, operator),
		/** Polls a source a quarter of an hour after the last time. */
		poll: (sourceId: number): Promise<PollOutcome> => {
			clock.advance({ seconds: 15 * 60 })
			return pollSource(deps, { sourceId })
		},
		list: async (query: { locale?: string; state?: Story['state'] } = {}): Promise<Story[]> =>
			listStories(deps, { ...storyQuery.parse(query), newsletterId: newsletter.id }),
	}
}

/** Puts stories into a digest, as planning one does. */
export async function putInDigest(newsletter: Newsletter, stories: readonly Story[]): Promise<void> {
	const { id } = await app.db
		.insertInto('digests')
		.values({
			newsletter_id: newsletter.id,
			public_id: crypto.randomUUID(),
			state: 'completed',
			trigger: 'staff',
		})
		.returning('id')
		.executeTakeFirstOrThrow()
	for (const [locale, inLocale] of Map.groupBy(stories, (story) => story.locale)) {
		const variant = await app.db
			.insertInto('variants')
			.values({ digest_id: id, locale, key: variantKey({ locale, stories: inLocale }) })
			.returning('id')
			.executeTakeFirstOrThrow()
		const rows = inLocale.map((story, position) => ({ variant_id: variant.id, story_id: story.id, position }))
		await app.db.insertInto('variant_stories').values(rows).execute()
	}
}
