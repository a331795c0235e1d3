import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import type { Locale } from '../../kernel/messages.ts'
import { countNotMailed, selectTallies } from './store.ts'

/** How many subscriptions there are of each choice; `profileId` null: those who chose nothing, by language. */
export type ChoiceCount = { profileId: number | null; locale: Locale; reason: string | null; count: number }

/**
 * Counts the subscriptions of a newsletter by choices, and by why they may not be mailed: null where they may. From the
 * tallies, so that a million takes no longer than ten.
 */
export async function countByChoices(
	db: DatabaseOrTransaction,
	newsletterId: number,
): Promise<ChoiceCount[]> {
	const counts = new Map<string, ChoiceCount>()
	const add = ({ profileId, locale, reason, count }: ChoiceCount) => {
		const key = `${profileId} ${locale} ${reason}`
		const known = counts.get(key)
		if (known) known.count += count
		else counts.set(key, { profileId, locale, reason, count })
	}
	for (const { state, ...tally } of await selectTallies(db, newsletterId)) {
		add({ ...tally, reason: state === 'active' ? null : state })
	}
	for (const { why, ...held } of await countNotMailed(db, newsletterId)) {
		add({ ...held, reason: null, count: -held.count })
		add({ ...held, reason: why })
	}
	return [...counts.values()].filter(({ count }) => count !== 0)
}
