import { AppError } from '../kernel/app-error.ts'
import type { DatabaseOrTransaction } from '../kernel/database.ts'
import { type StoryPosition, selectStories, selectStoriesById } from './store/linked-stories.ts'
import type { Story } from './story.ts'
import type { StoryQuery } from './story-input.ts'

type Deps = { db: DatabaseOrTransaction }

/** The stories of a newsletter, newest first: `limit` of them, those that come after the place `after`. */
export async function listStories(
	{ db }: Deps,
	query: StoryQuery & { newsletterId: number; after?: StoryPosition | undefined; limit?: number },
): Promise<Story[]> {
	return selectStories(db, { limit: 50, ...query })
}

/** The story with this id, if there is one. */
export async function findStory({ db }: Deps, { storyId }: { storyId: number }): Promise<Story | undefined> {
	const [story] = await selectStoriesById(db, [storyId])
	return story
}

/** The story with this id; throws `not_found` where there is none. */
export async function getStory({ db }: Deps, { storyId }: { storyId: number }): Promise<Story> {
	const [story] = await selectStoriesById(db, [storyId])
	if (!story) throw new AppError('not_found', 'errors.story.not_found')
	return story
}
