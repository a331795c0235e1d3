import type { WelcomeMail } from '../../emails/catalog.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import type { Locale } from '../kernel/messages.ts'
import { datesOf, listTopics, type Newsletter, nextGoing } from '../newsletters/index.ts'
import { selectChoices } from './choices/store.ts'
import type { ComposeNoticeDeps } from './compose-notice.ts'

type Deps = { db: Database; clock: Clock } & Pick<ComposeNoticeDeps, 'latestStories'>
type Wanted = { newsletter: Newsletter; locale: Locale; subscriptionId: number }

const storiesShown = 3

/** What a welcome tells: when the next digest comes, what the reader gets, and what there is to read until then. */
export async function describeWelcome(
	{ db, clock, latestStories }: Deps,
	{ newsletter, locale, subscriptionId }: Wanted,
): Promise<Omit<WelcomeMail, 'newsletter' | 'links'>> {
	const { schedule, replyTo } = newsletter
	return {
		next: schedule && nextGoing(schedule, clock.now()),
		...datesOf(newsletter),
		topics: await describeTopics(db, newsletter, { locale, subscriptionId }),
		stories: await latestStories({ newsletter, locale, limit: storiesShown }),
		mayAnswer: replyTo !== null,
	}
}

async function describeTopics(
	db: Database,
	{ id, defaultLocale }: Newsletter,
	{ locale, subscriptionId }: Omit<Wanted, 'newsletter'>,
): Promise<WelcomeMail['topics']> {
	const topics = (await listTopics({ db }, id)).filter(({ archivedAt }) => archivedAt === null)
	const kept = await selectChoices(db, subscriptionId)
	if (topics.length === 0 || !kept) return null
	const { allTopics, topicIds } = kept.choices
	const chosen = topics.filter((topic) => topicIds.includes(topic.id) !== allTopics)
	if (chosen.length === topics.length) return 'all'
	return chosen.map(({ slug, texts }) => {
		const find = (wanted: Locale) => texts.find((text) => text.locale === wanted)?.name
		return find(locale) ?? find(defaultLocale) ?? slug
	})
}
