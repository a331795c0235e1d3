import { findChanges, recordAudit } from '../audit/index.ts'
import type { Actor } from '../kernel/actor.ts'
import { AppError, invalidField } from '../kernel/app-error.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database, DatabaseOrTransaction } from '../kernel/database.ts'
import { checkTopics, getNewsletter, lockNewsletter } from '../newsletters/index.ts'
import { getStory } from './find-stories.ts'
import { linkKey } from './link-key.ts'
import { insertStories, type StoryUpdate, selectStoryByLink, updateStory } from './store/stories.ts'
import type { Story } from './story.ts'
import type { StoryChanges, StoryInput } from './story-input.ts'

type Deps = { db: Database; clock: Clock }

/**
 * Stores a story that staff wrote. Throws `invalid` for a language that the newsletter does not have or a date in the
 * future, `conflict` where a story in that language has its link.
 */
export async function writeStory(
	{ db, clock }: Deps,
	input: StoryInput & { newsletterId: number },
	actor: Actor,
): Promise<Story> {
	const now = clock.now()
	const { newsletterId, locale } = input
	checkDate(input.publishedAt, now)
	const locales = (await getNewsletter({ db }, { id: newsletterId })).texts.map((text) => text.locale)
	if (!locales.includes(locale))
		throw invalidField('locale', 'errors.story.locale', { locales: locales.join(', ') })
	return db.transaction().execute(async (tx) => {
		await lockNewsletter(tx, newsletterId)
		await checkTopics(tx, newsletterId, input.topics)
		const key = linkKey(input.link ?? null)
		await checkLink(tx, { newsletterId, locale, linkKey: key })
		const [storyId = 0] = await insertStories(tx, [
			{
				newsletterId,
				locale,
				sourceId: null,
				externalId: null,
				linkKey: key,
				title: input.title,
				summary: input.summary ?? '',
				link: input.link ?? null,
				imageUrl: input.imageUrl ?? null,
				imageAlt: input.imageAlt ?? null,
				author: input.author ?? null,
				categories: input.categories ?? [],
				topics: input.topics ?? [],
				topicsChosenAt: input.topics ? now : null,
				publishedAt: input.publishedAt ?? now,
				firstSeenAt: now,
				backlog: false,
			},
		])
		await recordAudit({ db: tx, clock }, { actor, action: 'create', subject: `story:${storyId}` })
		return getStory({ db: tx }, { storyId })
	})
}

/**
 * Changes a story. Once staff changed its texts, its source no longer does; once staff chose its topics, be they those that
 * it has or none, neither source nor rules change them.
 * Throws `not_found`, `invalid` for a date in the future and `conflict` for a link that another story has.
 */
export function changeStory(
	{ db, clock }: Deps,
	{ storyId, changes }: { storyId: number; changes: StoryChanges },
	actor: Actor,
): Promise<Story> {
	const now = clock.now()
	checkDate(changes.publishedAt, now)
	return db.transaction().execute(async (tx) => {
		const story = await getStory({ db: tx }, { storyId })
		await lockNewsletter(tx, story.newsletterId)
		await checkTopics(tx, story.newsletterId, changes.topics, story.topics)
		const update = toUpdate(story, changes, now)
		if (update.linkKey) {
			await checkLink(
				tx,
				{ newsletterId: story.newsletterId, locale: story.locale, linkKey: update.linkKey },
				storyId,
			)
		}
		await updateStory(tx, storyId, update)
		const after = await getStory({ db: tx }, { storyId })
		const found = findChanges(wordsOf(story), wordsOf(after))
		const entry = { actor, action: 'change' as const, subject: `story:${storyId}`, changes: found }
		await recordAudit({ db: tx, clock }, entry)
		return after
	})
}

/** What staff sets of a story, as the audit log compares it. */
function wordsOf({ title, summary, link, imageUrl, topics, state, publishedAt }: Story): object {
	return { title, summary, link, imageUrl, topics, state, publishedAt }
}

function toUpdate(story: Story, { hidden, ...changes }: StoryChanges, now: Date): StoryUpdate {
	const { backlog, topics, ...texts } = changes
	const isEdited = Object.values(texts).some((value) => value !== undefined)
	const isShownAgain = hidden === false && story.state === 'hidden'
	return {
		...changes,
		...(changes.link === undefined ? {} : { linkKey: linkKey(changes.link) }),
		...(isEdited ? { editedAt: now } : {}),
		...(topics === undefined ? {} : { topicsChosenAt: now }),
		...(hidden && story.state !== 'hidden' ? { hiddenAt: now } : {}),
		...(isShownAgain ? { hiddenAt: null } : {}),
	}
}

function checkDate(publishedAt: Date | undefined, now: Date): void {
	if (publishedAt && publishedAt > now) throw invalidField('publishedAt', 'errors.story.future')
}

async function checkLink(
	tx: DatabaseOrTransaction,
	by: { newsletterId: number; locale: string; linkKey: string | null },
	except?: number,
): Promise<void> {
	const { linkKey } = by
	if (linkKey === null) return
	const id = await selectStoryByLink(tx, { ...by, linkKey })
	if (id === undefined || id === except) return
	throw new AppError('conflict', 'errors.story.link_taken', {
		params: { id },
		fields: [{ field: 'link', message: 'errors.story.link_taken', params: { id } }],
	})
}
