import { sql } from 'kysely'
import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import type { Locale } from '../../kernel/messages.ts'
import type { Newsletter } from '../../newsletters/index.ts'
import type { DigestStory } from '../digest.ts'

export type StoryWish = { locale: Locale; olderThan: Date; limit: number }

/**
 * The newest stories that readers of a language have not been shown, neither themselves nor in a translation. Where
 * the newsletter includes untranslated ones, of several languages of a story the default one is taken.
 */
export async function selectNewStories(
	db: DatabaseOrTransaction,
	newsletter: Newsletter,
	{ locale, olderThan, limit }: StoryWish,
): Promise<DigestStory[]> {
	return storiesFor(db, newsletter, locale)
		.where('stories.backlog', '=', false)
		.where('stories.published_at', '>=', olderThan)
		.orderBy('stories.published_at', 'desc')
		.orderBy('stories.id', 'desc')
		.limit(limit)
		.execute()
}

/** Of stories that staff chose, those that readers of a language have not been shown, whatever their age. */
export async function selectChosenStories(
	db: DatabaseOrTransaction,
	newsletter: Newsletter,
	{ locale, ids }: { locale: Locale; ids: readonly number[] },
): Promise<DigestStory[]> {
	return storiesFor(db, newsletter, locale).where('stories.id', 'in', ids).execute()
}

function storiesFor(db: DatabaseOrTransaction, newsletter: Newsletter, locale: Locale) {
	const { id, untranslated, defaultLocale } = newsletter
	const inLanguage = sql<boolean>`stories.locale = ${locale}`
	const isBestWithoutTranslation = sql<boolean>`not exists (
		select 1 from stories other
		where other.translation_group = stories.translation_group
			and (other.locale = ${locale} or (
				other.hidden_at is null and not other.backlog
				and (other.locale = ${defaultLocale}, -other.id) > (stories.locale = ${defaultLocale}, -stories.id)
			))
	)`
	const shown = sql<boolean>`exists (
		select 1 from variant_stories d join variants v on v.id = d.variant_id
		where d.story_id = stories.id and v.locale = ${locale}
	)`
	const shownInTranslation = sql<boolean>`exists (
		select 1 from stories other join variant_stories d on d.story_id = other.id
		join variants v on v.id = d.variant_id and v.locale = ${locale}
		where other.translation_group = stories.translation_group
	)`
	return db
		.selectFrom('stories')
		.select([
			'id',
			'locale',
			'title',
			'link',
			'summary',
			'image_url as imageUrl',
			'image_alt as imageAlt',
			'author',
			'published_at as publishedAt',
			'categories',
			'translation_group as translationGroup',
		])
		.where('newsletter_id', '=', id)
		.where('hidden_at', 'is', null)
		.where((eb) => (untranslated === 'include' ? eb.or([inLanguage, isBestWithoutTranslation]) : inLanguage))
		.where((eb) => eb.not(eb.or([shown, shownInTranslation])))
}

/** Stories of a newsletter by id, and their translations. */
export async function selectWithTranslations(
	db: DatabaseOrTransaction,
	newsletterId: number,
	ids: readonly number[],
): Promise<Array<{ id: number; translationGroup: number | null }>> {
	return db
		.selectFrom('stories')
		.select(['id', 'translation_group as translationGroup'])
		.where('newsletter_id', '=', newsletterId)
		.where(({ or, eb, selectFrom }) =>
			or([
				eb('id', 'in', ids),
				eb(
					'translation_group',
					'in',
					selectFrom('stories as chosen').select('chosen.translation_group').where('chosen.id', 'in', ids),
				),
			]),
		)
		.execute()
}
