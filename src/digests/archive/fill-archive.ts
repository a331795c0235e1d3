import type { Database } from '../../kernel/database.ts'
import { lockNewsletter, type Newsletter } from '../../newsletters/index.ts'
import { ownStories } from '../choosing/own-stories.ts'
import type { DigestStory } from '../digest.ts'
import { withPictureSizes } from '../pictures/measure-pictures.ts'
import { withEdits } from '../with-edits.ts'
import { keepPage } from './keep-pages.ts'
import { type OlderVariant, selectOlderVariants, selectStoriesOf } from './store/older.ts'
import { publishPages } from './store/pages.ts'

/**
 * Keeps and publishes digests that went out before there was an archive, made of what is still known of them:
 * stories as they are told now, with what staff changed for the digest. Stories that are gone or hidden are left out. Gives how
 * many digests that were.
 */
export async function fillArchive({ db }: { db: Database }, newsletter: Newsletter): Promise<number> {
	return db.transaction().execute(async (tx) => {
		await lockNewsletter(tx, newsletter.id)
		const variants = await selectOlderVariants(tx, newsletter.id)
		const ofFeeds = await selectStoriesOf(
			tx,
			variants.map(({ variantId }) => variantId),
		)
		const digestIds = new Set<number>()
		for (const variant of variants) {
			const told = tell(variant, ofFeeds.get(variant.variantId) ?? [])
			const [sized] = await withPictureSizes(tx, [{ locale: variant.locale, stories: told }])
			const stories = sized?.stories ?? told
			if (stories.length === 0 && !variant.wish?.introduction?.[variant.locale]) continue
			const { digestId, isLetter, createdAt: now, wish } = variant
			const made = { digestId, isLetter, introduction: wish?.introduction, now }
			await keepPage(tx, newsletter, { ...variant, stories }, made)
			digestIds.add(digestId)
		}
		for (const id of digestIds) await publishPages(tx, id)
		return digestIds.size
	})
}

/** What staff wrote stands where no story of a feed does. */
function tell(
	{ locale, wish, storyCount }: OlderVariant,
	ofFeeds: ReadonlyArray<DigestStory & { position: number }>,
) {
	const byPosition = new Map(ofFeeds.map(({ position, ...story }) => [position, story]))
	const own = ownStories(wish?.own, wish?.storyIds ?? []).filter((story) => story.locale === locale)
	const stories: DigestStory[] = []
	for (let position = 0; position < storyCount; position++) {
		const story = byPosition.get(position) ?? own.shift()
		if (story) stories.push(story)
	}
	return withEdits(stories, wish?.edits, locale)
}
