import type { DatabaseOrTransaction } from '../../../kernel/database.ts'

export type Visitor = { id: number; name: string }

/** Keeps that somebody has a draft open, and forgets who was there before a moment. */
export async function keepVisit(
	db: DatabaseOrTransaction,
	{ draftId, member, now, before }: { draftId: number; member: Visitor; now: Date; before: Date },
): Promise<void> {
	const seen = { member_name: member.name, seen_at: now }
	await db
		.insertInto('draft_visits')
		.values({ draft_id: draftId, member_id: member.id, ...seen })
		.onConflict((conflict) => conflict.columns(['draft_id', 'member_id']).doUpdateSet(seen))
		.execute()
	await db.deleteFrom('draft_visits').where('draft_id', '=', draftId).where('seen_at', '<', before).execute()
}

/** Who but `memberId` has had a draft open since a moment. */
export async function selectVisitors(
	db: DatabaseOrTransaction,
	{ draftId, memberId, since }: { draftId: number; memberId: number; since: Date },
): Promise<string[]> {
	const rows = await db
		.selectFrom('draft_visits')
		.select('member_name')
		.where('draft_id', '=', draftId)
		.where('member_id', '<>', memberId)
		.where('seen_at', '>=', since)
		.orderBy('member_name')
		.execute()
	return rows.map(({ member_name }) => member_name)
}

/** Forgets who had drafts open before a moment. */
export async function deleteVisits(db: DatabaseOrTransaction, before: Date): Promise<void> {
	await db.deleteFrom('draft_visits').where('seen_at', '<', before).execute()
}
