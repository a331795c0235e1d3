import type { Database } from '../../kernel/database.ts'
import { selectPersonsSubscriptions } from '../readers/store/persons.ts'

/** The newsletters that a person gets or was asked to confirm, by slug. */
export async function listSubscribed({ db }: { db: Database }, subscriberId: number): Promise<string[]> {
	const subscriptions = await selectPersonsSubscriptions(db, [subscriberId])
	return subscriptions.filter(({ state }) => state !== 'unsubscribed').map(({ newsletter }) => newsletter)
}
