import type { DatabaseOrTransaction } from '../kernel/database.ts'
import type { FeedItem } from '../kernel/fetch-feed.ts'
import { listTopicRules, type TopicRule } from '../newsletters/index.ts'
import { type IncomingStory, toIncoming } from './incoming-story.ts'
import { matchStories } from './match-stories.ts'
import { readWorse } from './read-worse.ts'
import type { Source } from './source.ts'
import {
	insertStories,
	type KnownStoryRow,
	type NewStory,
	selectKnownStories,
	updateStory,
} from './store/stories.ts'
import { topicsOfStory } from './topics-of-story.ts'

/**
 * Stores the items of a feed. At the first read of a source all but the newest few are backlog, as many as staff asked
 * for. A known story is changed in place and never becomes new again. Where the feed changes it, it is filed anew by its
 * source and the rules of now, unless staff chose its topics.
 */
export async function keepStories(
	tx: DatabaseOrTransaction,
	source: Source,
	items: readonly FeedItem[],
	now: Date,
): Promise<{ fresh: number; backlog: number; edited: number }> {
	const incoming = toIncoming(items, now)
	const rules = await listTopicRules({ db: tx }, source.newsletterId)
	const matches = matchStories(incoming, await selectKnownStories(tx, source, incoming), source)
	let edited = 0
	const unseen: IncomingStory[] = []
	for (const { story, known } of matches) {
		if (!known) unseen.push(story)
		else if (await takeOver(tx, { source, rules }, story, known)) edited++
	}
	const fresh = chooseFresh(source, unseen)
	await insertStories(
		tx,
		unseen.map((story) => toRow({ source, rules }, story, now, !fresh.has(story))),
	)
	return { fresh: fresh.size, backlog: unseen.length - fresh.size, edited }
}

function chooseFresh(source: Source, unseen: readonly IncomingStory[]): Set<IncomingStory> {
	if (source.firstReadAt !== null) return new Set(unseen)
	const newestFirst = unseen.toSorted((a, b) => b.publishedAt.getTime() - a.publishedAt.getTime())
	return new Set(newestFirst.slice(0, source.includeLatest))
}

/**
 * Updates a known story; gives whether readers would see a difference. A feed can't change stories of another source or
 * texts that staff edited. A story whose source was removed goes to the source that has it now.
 */
async function takeOver(
	tx: DatabaseOrTransaction,
	{ source, rules }: Filing,
	story: IncomingStory,
	known: KnownStoryRow,
): Promise<boolean> {
	const isOrphan = known.sourceId === null && known.externalId !== null
	if (known.sourceId !== source.id && !isOrphan) return false
	const names = { sourceId: source.id, externalId: story.externalId, linkKey: story.linkKey }
	const texts = keepBetter(toTexts(story), known)
	const topics = known.topicsChosenAt ? {} : { topics: topicsOfStory(source, texts.categories, rules) }
	const isChanged = known.editedAt === null && !sameTexts(known, texts)
	const isRenamed =
		known.sourceId !== source.id || known.externalId !== names.externalId || known.linkKey !== names.linkKey
	if (isChanged || isRenamed)
		await updateStory(tx, known.id, { ...names, ...(isChanged ? { ...texts, ...topics } : {}) })
	return isChanged
}

/** What decides on the topics of a story. */
type Filing = { source: Source; rules: readonly TopicRule[] }

type Texts = ReturnType<typeof toTexts>

function toTexts({ title, item }: IncomingStory) {
	const { summary, link, imageUrl, imageAlt, author, categories } = item
	return { title, summary, link, imageUrl, imageAlt, author, categories }
}

/** Keeps the text read before where the new one has more broken letters. */
function keepBetter(texts: Texts, known: KnownStoryRow): Texts {
	const better = (name: 'title' | 'summary') =>
		readWorse(texts[name], known[name]) ? known[name] : texts[name]
	const isWorse = readWorse(texts.categories.join(), known.categories.join())
	return {
		...texts,
		title: better('title'),
		summary: better('summary'),
		imageAlt: readWorse(texts.imageAlt, known.imageAlt) ? known.imageAlt : texts.imageAlt,
		author: readWorse(texts.author, known.author) ? known.author : texts.author,
		categories: isWorse ? known.categories : texts.categories,
	}
}

function sameTexts(known: KnownStoryRow, texts: Texts): boolean {
	const { categories, ...lines } = texts
	const isSame = Object.entries(lines).every(([name, value]) => known[name as keyof typeof lines] === value)
	return isSame && JSON.stringify(known.categories) === JSON.stringify(categories)
}

function toRow({ source, rules }: Filing, story: IncomingStory, now: Date, backlog: boolean): NewStory {
	return {
		...toTexts(story),
		newsletterId: source.newsletterId,
		sourceId: source.id,
		externalId: story.externalId,
		linkKey: story.linkKey,
		locale: source.locale,
		topics: topicsOfStory(source, story.item.categories, rules),
		publishedAt: story.publishedAt,
		firstSeenAt: now,
		backlog,
	}
}
