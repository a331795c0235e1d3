import { invalidField } from '../kernel/app-error.ts'
import { addDays } from '../kernel/clock.ts'
import type { DatabaseOrTransaction } from '../kernel/database.ts'
import type { Locale } from '../kernel/messages.ts'
import type { Newsletter } from '../newsletters/index.ts'
import type { DigestStory, Variant } from './digest.ts'
import { withPictureSizes } from './pictures/measure-pictures.ts'
import { selectChosenStories, selectNewStories, selectWithTranslations } from './store/choosable-stories.ts'

type Choosing = { now: Date; storyIds: readonly number[] | undefined }

/**
 * Chooses the stories of a digest: the newest that a language's readers have not been shown, or those that staff chose
 * (with their translations, whatever their age), again without what was shown before. Throws `invalid` where the
 * newsletter has no such story. A language with nothing new has no variant.
 */
export async function chooseStories(
	db: DatabaseOrTransaction,
	newsletter: Newsletter,
	{ now, storyIds }: Choosing,
): Promise<readonly Variant[]> {
	const choose = storyIds ? await chooserOf(db, newsletter, storyIds) : latest(db, newsletter, now)
	const variants: Variant[] = []
	for (const { locale } of newsletter.texts) {
		const stories = await choose(locale)
		if (stories.length > 0) variants.push({ locale, stories })
	}
	return withPictureSizes(db, variants)
}

type Chooser = (locale: Locale) => Promise<DigestStory[]>

function latest(db: DatabaseOrTransaction, newsletter: Newsletter, now: Date): Chooser {
	const olderThan = addDays(now, -newsletter.storyMaxAgeDays)
	return async (locale) => {
		const stories = await selectNewStories(db, newsletter, {
			locale,
			olderThan,
			limit: newsletter.storyLimit,
		})
		return newsletter.storyOrder === 'newest_first' ? stories : stories.toReversed()
	}
}

/** In the order in which staff named them; a translation stands where its original was named. */
async function chooserOf(
	db: DatabaseOrTransaction,
	newsletter: Newsletter,
	storyIds: readonly number[],
): Promise<Chooser> {
	const known = storyIds.length > 0 ? await selectWithTranslations(db, newsletter.id, storyIds) : []
	const unknown = storyIds.filter((id) => !known.some((story) => story.id === id))
	if (unknown.length > 0) {
		throw invalidField('storyIds', 'errors.digest.story_unknown', { ids: unknown.join(', ') })
	}
	const groupOf = new Map(known.map(({ id, translationGroup }) => [id, translationGroup ?? -id]))
	const order = storyIds.map((id) => groupOf.get(id))
	const place = ({ id }: DigestStory) => order.indexOf(groupOf.get(id))
	const ids = known.map(({ id }) => id)
	return async (locale) => {
		if (ids.length === 0) return []
		const stories = await selectChosenStories(db, newsletter, { locale, ids })
		return stories.toSorted((a, b) => place(a) - place(b))
	}
}
