import { AppError, invalidField } from '../kernel/app-error.ts'
import { isStorableDate } from '../kernel/clock.ts'
import type { DatabaseOrTransaction } from '../kernel/database.ts'
import {
	type LinkedStory,
	type StoryPosition,
	selectStories,
	selectStoriesById,
} from './store/linked-stories.ts'
import type { Story } from './story.ts'
import type { StoryQuery } from './story-input.ts'

type Deps = { db: DatabaseOrTransaction }

/** A page of stories. `next` leads to the page after it, null on the last. */
export type StoryPage = { stories: Story[]; next: string | null }

/** The stories of a newsletter, newest first. Throws `invalid` for an `after` that is not from a page before. */
export async function listStories(
	{ db }: Deps,
	query: StoryQuery & { newsletterId: number },
): Promise<StoryPage> {
	const after = query.after === undefined ? undefined : parsePosition(query.after)
	const found = await selectStories(db, { ...query, after, limit: query.limit + 1 })
	const stories = found.slice(0, query.limit)
	const last = stories.at(-1)
	return { stories, next: last && found.length > stories.length ? formatPosition(last) : null }
}

/** The story with this id, if there is one. */
export async function findStory({ db }: Deps, { storyId }: { storyId: number }): Promise<Story | undefined> {
	const [story] = await selectStoriesById(db, [storyId])
	return story
}

/** The story with this id; throws `not_found` where there is none. */
export async function getStory({ db }: Deps, { storyId }: { storyId: number }): Promise<LinkedStory> {
	const [story] = await selectStoriesById(db, [storyId])
	if (!story) throw new AppError('not_found', 'errors.story.not_found')
	return story
}

function formatPosition({ publishedAt, id }: StoryPosition): string {
	return `${publishedAt.getTime().toString(36)}-${id.toString(36)}`
}

function parsePosition(text: string): StoryPosition {
	const [, time = '', id = ''] = /^(-?[0-9a-z]{1,9})-([0-9a-z]{1,10})$/.exec(text) ?? []
	const publishedAt = new Date(Number.parseInt(time, 36))
	if (!isStorableDate(publishedAt)) throw invalidField('after', 'errors.story.after')
	return { publishedAt, id: Number.parseInt(id, 36) }
}
