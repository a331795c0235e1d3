import { recordAudit } from '../../audit/index.ts'
import type { Actor } from '../../kernel/actor.ts'
import { AppError, invalidField } from '../../kernel/app-error.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Database, DatabaseOrTransaction } from '../../kernel/database.ts'
import { foldText } from '../../kernel/fold-text.ts'
import { getNewsletter } from '../find-newsletter.ts'
import type { Newsletter } from '../newsletter.ts'
import { lockNewsletter } from '../store.ts'
import { insertTopic, putTopicText, selectTopics, updateTopic } from './store.ts'
import { mostTopics, type Topic } from './topic.ts'
import type { TopicChanges, TopicInput } from './topic-input.ts'

type Deps = { db: Database; clock: Clock }
type Texts = TopicInput['texts']

/** The topics of a newsletter in their order, the archived ones among them. */
export function listTopics({ db }: { db: DatabaseOrTransaction }, newsletterId: number): Promise<Topic[]> {
	return selectTopics(db, newsletterId)
}

/**
 * Adds a topic after the others. Throws `invalid` where its name or slug is taken, a language is not the newsletter's, or
 * there are 30 already.
 */
export function addTopic(deps: Deps, slug: string, input: TopicInput, actor: Actor): Promise<Topic> {
	return change(
		deps,
		slug,
		{ actor, action: 'create', topic: input.slug },
		async (tx, newsletter, topics) => {
			if (topics.some((topic) => topic.slug === input.slug))
				throw invalidField('slug', 'errors.topic.slug_taken')
			checkRoom(topics)
			checkTexts(newsletter, input.texts, topics)
			if (!input.texts[newsletter.defaultLocale]) {
				throw invalidField('texts', 'errors.topic.no_name', { locale: newsletter.defaultLocale })
			}
			const id = await insertTopic(tx, newsletter.id, { slug: input.slug, now: deps.clock.now() })
			await putTexts(tx, id, input.texts)
		},
	)
}

/** Changes the texts of a topic, archives it or brings it back. Throws `not_found`, and `invalid` as adding one does. */
export function changeTopic(
	deps: Deps,
	{ slug, topic: name }: { slug: string; topic: string },
	{ texts = {}, archived }: TopicChanges,
	actor: Actor,
): Promise<Topic> {
	return change(deps, slug, { actor, action: 'change', topic: name }, async (tx, newsletter, topics) => {
		const topic = topics.find((each) => each.slug === name)
		if (!topic) throw noSuchTopic(name)
		const others = topics.filter((each) => each !== topic)
		checkTexts(newsletter, texts, others)
		await putTexts(tx, topic.id, texts, topic)
		if (archived === undefined || archived === (topic.archivedAt !== null)) return
		if (!archived) {
			checkRoom(topics)
			checkTexts(newsletter, textsOf(topic), others)
		}
		await updateTopic(tx, topic.id, { archivedAt: archived ? deps.clock.now() : null })
	})
}

/** Puts topics into an order; those that are not named follow as they stood. Throws `invalid` for what is no topic. */
export async function orderTopics(
	deps: Deps,
	slug: string,
	names: readonly string[],
	actor: Actor,
): Promise<Topic[]> {
	return deps.db.transaction().execute(async (tx) => {
		const newsletter = await getNewsletter({ db: tx }, { slug })
		await lockNewsletter(tx, newsletter.id)
		const topics = await selectTopics(tx, newsletter.id)
		const named = names.map((name) => {
			const topic = topics.find((each) => each.slug === name)
			if (!topic) throw unknownTopics('topics', [name], topics)
			return topic
		})
		const inOrder = [...new Set([...named, ...topics])]
		for (const [index, { id }] of inOrder.entries()) await updateTopic(tx, id, { position: index + 1 })
		await recordAudit({ ...deps, db: tx }, { actor, action: 'change', subject: `newsletter:${slug}` })
		return selectTopics(tx, newsletter.id)
	})
}

/**
 * Throws `invalid` where stories or sources are given what is no topic of a newsletter that has topics; where it has none,
 * any words may be.
 */
export async function checkTopics(
	db: DatabaseOrTransaction,
	newsletterId: number,
	names: readonly string[] | undefined,
): Promise<void> {
	if (!names || names.length === 0) return
	const topics = await selectTopics(db, newsletterId)
	const unknown = names.filter((name) => !topics.some(({ slug }) => slug === name))
	if (topics.length > 0 && unknown.length > 0) throw unknownTopics('topics', unknown, topics)
}

export function noSuchTopic(slug: string): AppError {
	return new AppError('not_found', 'errors.topic.not_found', { params: { slug: slug.slice(0, 60) } })
}

export function unknownTopics(field: string, names: readonly string[], topics: readonly Topic[]): AppError {
	const known = topics.filter(({ archivedAt }) => archivedAt === null).map(({ slug }) => slug)
	return invalidField(field, 'errors.topic.unknown', { names: names.join(', '), known: known.join(', ') })
}

type Change = { actor: Actor; action: 'create' | 'change'; topic: string }

/** One transaction, one at a time for a newsletter; gives the topic as it is then. */
async function change(
	{ db, clock }: Deps,
	slug: string,
	{ actor, action, topic }: Change,
	work: (tx: DatabaseOrTransaction, newsletter: Newsletter, topics: readonly Topic[]) => Promise<void>,
): Promise<Topic> {
	return db.transaction().execute(async (tx) => {
		const newsletter = await getNewsletter({ db: tx }, { slug })
		await lockNewsletter(tx, newsletter.id)
		await work(tx, newsletter, await selectTopics(tx, newsletter.id))
		await recordAudit({ db: tx, clock }, { actor, action, subject: `topic:${slug}/${topic}` })
		const found = (await selectTopics(tx, newsletter.id)).find((each) => each.slug === topic)
		if (!found) throw noSuchTopic(topic)
		return found
	})
}

function checkRoom(topics: readonly Topic[]): void {
	const offered = topics.filter(({ archivedAt }) => archivedAt === null)
	if (offered.length >= mostTopics) throw invalidField('slug', 'errors.topic.too_many', { most: mostTopics })
}

/** Two topics that readers can't tell apart are one too many. */
function checkTexts(newsletter: Newsletter, texts: Texts, others: readonly Topic[]): void {
	const locales = newsletter.texts.map(({ locale }) => locale)
	for (const [locale, text] of Object.entries(texts)) {
		if (!locales.includes(locale)) {
			throw invalidField('texts', 'errors.source.locale', { locales: locales.join(', ') })
		}
		const isTaken = others.some(
			({ archivedAt, texts: known }) =>
				archivedAt === null &&
				known.some((each) => each.locale === locale && foldText(each.name) === foldText(text?.name ?? '')),
		)
		if (isTaken) throw invalidField(`texts.${locale}.name`, 'errors.topic.name_taken')
	}
}

async function putTexts(tx: DatabaseOrTransaction, id: number, texts: Texts, before?: Topic): Promise<void> {
	for (const [locale, text] of Object.entries(texts)) {
		if (!text) continue
		const known = before?.texts.find((each) => each.locale === locale)
		await putTopicText(tx, id, {
			locale,
			name: text.name,
			description: text.description ?? known?.description ?? '',
		})
	}
}

function textsOf({ texts }: Topic): Texts {
	return Object.fromEntries(texts.map(({ locale, name, description }) => [locale, { name, description }]))
}
