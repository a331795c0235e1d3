import type { Database } from '../../kernel/database.ts'
import type { Rhythm } from '../../kernel/enumerations.ts'
import type { Locale } from '../../kernel/messages.ts'
import { putProfile } from './store/profiles.ts'

/** What a row of a file says of somebody's choices; what it does not say is null. */
export type ChoicesOfRow = {
	locale: Locale
	/** In ascending order; null: all of them, and those to come. */
	topicIds: readonly number[] | null
	rhythm: Rhythm | null
}

/** Gives the profile of choices, made where it is missing; null for the usual ones. Each is looked up once. */
export function createChooseProfile(
	db: Database,
	newsletterId: number,
): (choices: ChoicesOfRow) => Promise<number | null> {
	const known = new Map<string, number>()
	return async ({ locale, topicIds, rhythm }) => {
		if (topicIds === null && (rhythm ?? 'each') === 'each') return null
		const choices = {
			locale,
			allTopics: topicIds === null,
			topicIds: topicIds ?? [],
			rhythm: rhythm ?? 'each',
		}
		const key = JSON.stringify(choices)
		const id = known.get(key) ?? (await putProfile(db, newsletterId, choices))
		known.set(key, id)
		return id
	}
}
