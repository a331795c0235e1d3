import { recordAudit } from '../audit/index.ts'
import type { Actor } from '../kernel/actor.ts'
import { AppError } from '../kernel/app-error.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import { lockNewsletter } from '../newsletters/index.ts'
import { getStory } from './find-stories.ts'
import { selectStoriesByGroup, selectStoriesById } from './store/linked-stories.ts'
import { updateStory } from './store/stories.ts'
import type { Story } from './story.ts'

type Deps = { db: Database; clock: Clock }

/**
 * Links stories as translations of each other, together with those that each was linked to.
 * Throws `not_found`, and `invalid` where they are of several newsletters or two are in one language.
 */
export async function linkTranslations(
	{ db, clock }: Deps,
	{ storyIds }: { storyIds: number[] },
	actor: Actor,
): Promise<Story[]> {
	const ids = [...new Set(storyIds)]
	return db.transaction().execute(async (tx) => {
		const found = await selectStoriesById(tx, ids)
		const [first] = found
		if (!first || found.length < ids.length) throw new AppError('not_found', 'errors.story.not_found')
		if (found.some(({ newsletterId }) => newsletterId !== first.newsletterId)) {
			throw invalidLink('errors.story.several_newsletters')
		}
		await lockNewsletter(tx, first.newsletterId)

		// links may have changed before the lock was taken
		const named = await selectStoriesById(tx, ids)
		const linked = await selectStoriesByGroup(tx, named.flatMap(groupOf))
		const all = [...named, ...linked.filter(({ id }) => !ids.includes(id))]
		if (new Set(all.map(({ locale }) => locale)).size < all.length || all.length < 2) {
			throw invalidLink('errors.story.same_language')
		}
		const translationGroup = Math.min(...all.map(({ id }) => id))
		for (const { id } of all) {
			await updateStory(tx, id, { translationGroup })
			await recordAudit({ db: tx, clock }, { actor, action: 'link', subject: `story:${id}` })
		}
		return selectStoriesById(
			tx,
			all.map(({ id }) => id),
		)
	})
}

/** Takes a story out of its translations; the others stay linked. Throws `not_found`. */
export function unlinkTranslation(
	{ db, clock }: Deps,
	{ storyId }: { storyId: number },
	actor: Actor,
): Promise<Story> {
	return db.transaction().execute(async (tx) => {
		const { newsletterId } = await getStory({ db: tx }, { storyId })
		await lockNewsletter(tx, newsletterId)
		const story = await getStory({ db: tx }, { storyId })
		await updateStory(tx, storyId, { translationGroup: null })
		// a group has the id of one of its stories, perhaps of this one
		const others = story.translations.map(({ id }) => id)
		const translationGroup = others.length > 1 ? Math.min(...others) : null
		for (const id of others) await updateStory(tx, id, { translationGroup })
		await recordAudit({ db: tx, clock }, { actor, action: 'unlink', subject: `story:${storyId}` })
		return getStory({ db: tx }, { storyId })
	})
}

function groupOf({ translationGroup }: Story): number[] {
	return translationGroup === null ? [] : [translationGroup]
}

function invalidLink(message: string): AppError {
	return new AppError('invalid', message, { fields: [{ field: 'storyIds', message }] })
}
