import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import {
	type LeavingComment,
	type LeavingCount,
	selectLeavingComments,
	selectLeavingCounts,
} from './store/leaving.ts'

export type { LeavingComment, LeavingCount } from './store/leaving.ts'

/** Why people left a newsletter, by month and by the digest that they left from; without any address. */
export function countLeaving(
	{ db }: { db: DatabaseOrTransaction },
	newsletterId: number,
): Promise<{ months: LeavingCount[]; digests: LeavingCount[] }> {
	return selectLeavingCounts(db, newsletterId)
}

/** What people wrote when they left, the newest first. */
export function listLeavingComments(
	{ db }: { db: DatabaseOrTransaction },
	wanted: { newsletterId: number; after: { time: Date; key: string } | undefined; limit: number },
): Promise<LeavingComment[]> {
	return selectLeavingComments(db, wanted)
}
