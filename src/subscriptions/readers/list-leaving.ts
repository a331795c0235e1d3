import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import {
	type LeavingComment,
	type LeavingCount,
	type LeftFromDigest,
	selectLeavingComments,
	selectLeavingCounts,
	selectLeftFromDigests,
} from './store/leaving.ts'

export type { LeavingComment, LeavingCount, LeftFromDigest } from './store/leaving.ts'

/** Why people left a newsletter, by month and by the digest that they left from; without any address. */
export function countLeaving(
	{ db }: { db: DatabaseOrTransaction },
	newsletterId: number,
): Promise<{ months: LeavingCount[]; digests: LeavingCount[] }> {
	return selectLeavingCounts(db, newsletterId)
}

/** Who left from these digests and stayed away, by way and reason: numbers only. */
export function countLeftFromDigests(
	{ db }: { db: DatabaseOrTransaction },
	digestIds: number[],
): Promise<LeftFromDigest[]> {
	return selectLeftFromDigests(db, digestIds)
}

/** What people wrote when they left, the newest first. */
export function listLeavingComments(
	{ db }: { db: DatabaseOrTransaction },
	wanted: { newsletterId: number; after: { time: Date; key: string } | undefined; limit: number },
): Promise<LeavingComment[]> {
	return selectLeavingComments(db, wanted)
}
