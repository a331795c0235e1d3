import type { Database } from '../../kernel/database.ts'
import { selectDifferences, sumUpTallies, type TallyDifference } from './store.ts'

export type { TallyDifference } from './store.ts'

/** Compares the tallies with the rows that they stand for; none differ where all is well. It counts all subscriptions. */
export function checkTallies({ db }: { db: Database }): Promise<TallyDifference[]> {
	return selectDifferences(db)
}

/** Keeps the tallies few: each change of a subscription adds to them. */
export function tidyTallies({ db }: { db: Database }): Promise<void> {
	return sumUpTallies(db)
}
