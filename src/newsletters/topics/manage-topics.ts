import { findChanges, recordAudit } from '../../audit/index.ts'
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
			checkRoom(topics, 'slug')
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
		const named = withKnownNames(texts, topic)
		checkTexts(newsletter, named, others)
		await putTexts(tx, topic.id, named, topic)
		if (archived === undefined || archived === (topic.archivedAt !== null)) return
		if (!archived) {
			checkRoom(topics, 'archived')
			checkKeptNames(topic, named, others)
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
		const orderOf = (list: readonly Topic[]) => ({ topics: list.map((topic) => topic.slug) })
		const changes = findChanges(orderOf(topics), orderOf(inOrder))
		const entry = { actor, action: 'change' as const, subject: `newsletter:${slug}`, changes }
		await recordAudit({ ...deps, db: tx }, entry)
		return selectTopics(tx, newsletter.id)
	})
}

/**
 * Throws `invalid` where stories or sources are given what is no topic of a newsletter that has topics, or one that has
 * ended; where it has none, any words may be. What they have (`before`) they may keep.
 */
export async function checkTopics(
	tx: DatabaseOrTransaction,
	newsletterId: number,
	names: readonly string[] = [],
	before: readonly string[] = [],
): Promise<void> {
	const given = names.filter((name) => !before.includes(name))
	if (given.length === 0) return
	const topics = await selectTopics(tx, newsletterId)
	if (topics.length > 0) requireOffered(topics, 'topics', given)
}

/** Throws `invalid` where a name is not that of a topic that is offered. */
export function requireOffered(topics: readonly Topic[], field: string, names: readonly string[]): void {
	const unknown = names.filter((name) => !topics.some(({ slug }) => slug === name))
	if (unknown.length > 0) throw unknownTopics(field, unknown, topics)
	const archived = topics.filter(({ slug, archivedAt }) => archivedAt !== null && names.includes(slug))
	if (archived.length > 0) {
		throw invalidField(field, 'errors.topic.archived', { names: archived.map(({ slug }) => slug).join(', ') })
	}
}

function noSuchTopic(slug: string): AppError {
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
		const topics = await selectTopics(tx, newsletter.id)
		await work(tx, newsletter, topics)
		const found = (await selectTopics(tx, newsletter.id)).find((each) => each.slug === topic)
		if (!found) throw noSuchTopic(topic)
		const before = topics.find(({ id }) => id === found.id)
		const changes = before && findChanges(termsOf(before), termsOf(found))
		const entry = { actor, action, subject: `topic:${slug}/${topic}`, ...(changes && { changes }) }
		await recordAudit({ db: tx, clock }, entry)
		return found
	})
}

/** What staff sets of a topic, as the audit log compares it. */
function termsOf({ archivedAt, texts }: Topic): object {
	const byLocale = Object.fromEntries(
		texts.map(({ locale, name, description }) => [locale, { name, description }]),
	)
	return { archived: archivedAt !== null, texts: byLocale }
}

function checkRoom(topics: readonly Topic[], field: string): void {
	const offered = topics.filter(({ archivedAt }) => archivedAt === null)
	if (offered.length >= mostTopics) throw invalidField(field, 'errors.topic.too_many', { most: mostTopics })
}

/** A description alone may be changed where there is a name. */
function withKnownNames(texts: NonNullable<TopicChanges['texts']>, topic: Topic): Texts {
	const named: Texts = {}
	for (const [locale, text] of Object.entries(texts)) {
		if (!text) continue
		const name = text.name ?? topic.texts.find((each) => each.locale === locale)?.name
		if (name === undefined) throw invalidField(`texts.${locale}.name`, 'errors.field.required')
		named[locale] = { ...text, name }
	}
	return named
}

/** Two topics that readers can't tell apart are one too many. */
function checkTexts(newsletter: Newsletter, texts: Texts, others: readonly Topic[]): void {
	const locales = newsletter.texts.map(({ locale }) => locale)
	for (const [locale, text] of Object.entries(texts)) {
		if (!locales.includes(locale)) {
			throw invalidField('texts', 'errors.source.locale', { locales: locales.join(', ') })
		}
		if (isNameTaken(others, locale, text?.name ?? '')) {
			throw invalidField(`texts.${locale}.name`, 'errors.topic.name_taken')
		}
	}
}

/** Throws `invalid` where a name that an archived topic had, and keeps, was given to another meanwhile. */
function checkKeptNames(topic: Topic, given: Texts, others: readonly Topic[]): void {
	const kept = topic.texts.filter(({ locale }) => !given[locale])
	if (kept.some(({ locale, name }) => isNameTaken(others, locale, name))) {
		throw invalidField('archived', 'errors.topic.name_taken')
	}
}

function isNameTaken(others: readonly Topic[], locale: string, name: string): boolean {
	const folded = foldText(name)
	return others.some(
		({ archivedAt, texts }) =>
			archivedAt === null && texts.some((each) => each.locale === locale && foldText(each.name) === folded),
	)
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
