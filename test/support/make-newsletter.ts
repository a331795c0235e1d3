import type { App } from '../../src/app.ts'
import { operator } from '../../src/kernel/actor.ts'
import type { SubscriptionSource, SubscriptionState } from '../../src/kernel/enumerations.ts'
import { hashAddress } from '../../src/kernel/keys.ts'
import { createNewsletter, type Newsletter, type NewsletterInput } from '../../src/newsletters/index.ts'

type Parts = Pick<App, 'db' | 'clock' | 'keys'>

let made = 0

/** A newsletter in English and French that has all a digest needs; `input` changes what a test is about. */
export async function makeNewsletter(
	app: Parts,
	{ texts, ...input }: Partial<NewsletterInput> = {},
): Promise<Newsletter> {
	made += 1
	return createNewsletter(
		app,
		{
			slug: `news-${made}`,
			texts: { en: { name: 'World News' }, fr: { name: 'Nouvelles du monde' }, ...texts },
			fromAddress: 'news@charity.example',
			replyTo: 'team@charity.example',
			postalAddress: '1 Main Street\nMontréal QC',
			contact: 'team@charity.example',
			...input,
		},
		operator,
	)
}

export type NewStory = {
	title?: string
	locale?: string
	summary?: string
	/** How long ago it was published. */
	hoursAgo?: number
	backlog?: boolean
	hidden?: boolean
	translationGroup?: number
}

/** A story of a newsletter; gives its id. */
export async function makeStory(app: Parts, newsletterId: number, story: NewStory = {}): Promise<number> {
	made += 1
	const publishedAt = new Date(app.clock.now().getTime() - (story.hoursAgo ?? 1) * 3_600_000)
	const { id } = await app.db
		.insertInto('stories')
		.values({
			newsletter_id: newsletterId,
			locale: story.locale ?? 'en',
			title: story.title ?? `Story ${made}`,
			summary: story.summary ?? 'What happened.',
			link: `https://charity.example/stories/${made}`,
			categories: [],
			topics: [],
			published_at: publishedAt,
			first_seen_at: publishedAt,
			backlog: story.backlog ?? false,
			hidden_at: story.hidden ? app.clock.now() : null,
			translation_group: story.translationGroup ?? null,
		})
		.returning('id')
		.executeTakeFirstOrThrow()
	return id
}

export type NewReader = {
	address: string
	locale?: string
	state?: SubscriptionState
	source?: SubscriptionSource
}

/** A subscription, active where nothing is said; gives its id. */
export async function makeReader(
	app: Parts,
	newsletterId: number,
	{ address, locale = 'en', state = 'active', source = 'page' }: NewReader,
): Promise<number> {
	const [local = '', domain = ''] = address.split('@')
	const comparable = `${local.toLowerCase()}@${domain}`
	const subscriber = await app.db
		.insertInto('subscribers')
		.values({
			local_part: local,
			domain,
			comparable_address: comparable,
			address_hash: hashAddress(app.keys, comparable),
		})
		.onConflict((conflict) => conflict.column('comparable_address').doUpdateSet({ local_part: local }))
		.returning('id')
		.executeTakeFirstOrThrow()
	const { id } = await app.db
		.insertInto('subscriptions')
		.values({ newsletter_id: newsletterId, subscriber_id: subscriber.id, locale, state, source })
		.returning('id')
		.executeTakeFirstOrThrow()
	return id
}

/** Many active readers `reader1@example.net` …. */
export async function makeReaders(
	app: Parts,
	newsletterId: number,
	count: number,
	locale: (index: number) => string = () => 'en',
): Promise<void> {
	for (let index = 1; index <= count; index++) {
		await makeReader(app, newsletterId, { address: `reader${index}@example.net`, locale: locale(index) })
	}
}
