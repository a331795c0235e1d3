import { addSeconds, type Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database.ts'
import { keepVisit, selectVisitors, type Visitor } from './store/visits.ts'

type Deps = { db: Database; clock: Clock }

/** So long somebody counts as there whose browser said so; it says it three times meanwhile. */
const presentSeconds = 60

/** Notes that somebody has a draft open. */
export async function visitDraft({ db, clock }: Deps, draftId: number, member: Visitor): Promise<void> {
	const now = clock.now()
	await keepVisit(db, { draftId, member, now, before: addSeconds(now, -presentSeconds) })
}

/** The names of the others who have a draft open. */
export function listVisitors({ db, clock }: Deps, draftId: number, memberId: number): Promise<string[]> {
	return selectVisitors(db, { draftId, memberId, since: addSeconds(clock.now(), -presentSeconds) })
}
