import type { Database } from '../../kernel/database.ts'
import type { Rhythm, UntranslatedRule } from '../../kernel/enumerations.ts'
import type { Locale } from '../../kernel/messages.ts'
import { putProfile } from './store/profiles.ts'

/** What a row of a file says of somebody's choices. */
export type ChoicesOfRow = {
	locale: Locale
	/** All topics and those to come but for `topicIds`; else only those. */
	allTopics: boolean
	/** In ascending order. */
	topicIds: readonly number[]
	rhythm: Rhythm | null
	untranslated: UntranslatedRule | null
}

/** Gives the profile of choices, made where it is missing; null for the usual ones. Each is looked up once. */
export function createChooseProfile(
	db: Database,
	newsletterId: number,
): (choices: ChoicesOfRow) => Promise<number | null> {
	const known = new Map<string, number>()
	return async ({ rhythm, ...told }) => {
		const choices = { ...told, rhythm: rhythm ?? 'each' }
		const { allTopics, topicIds, untranslated } = choices
		const isUsual = allTopics && topicIds.length === 0 && choices.rhythm === 'each' && untranslated === null
		if (isUsual) return null
		const key = JSON.stringify(choices)
		const id = known.get(key) ?? (await putProfile(db, newsletterId, choices))
		known.set(key, id)
		return id
	}
}
