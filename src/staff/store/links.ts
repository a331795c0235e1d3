import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import type { StaffLinkKind } from '../../kernel/tables/staff.ts'

export type StaffLink = { id: number; memberId: number | null; kind: StaffLinkKind }

/** Makes a link, and ends those of its kind that the member had. */
export async function replaceLink(
	tx: DatabaseOrTransaction,
	link: { memberId: number | null; kind: StaffLinkKind; tokenHash: string; now: Date; expiresAt: Date },
): Promise<void> {
	await tx
		.deleteFrom('staff_links')
		.where('kind', '=', link.kind)
		.where((eb) =>
			link.memberId === null ? eb('member_id', 'is', null) : eb('member_id', '=', link.memberId),
		)
		.execute()
	await tx
		.insertInto('staff_links')
		.values({
			member_id: link.memberId,
			kind: link.kind,
			token_hash: link.tokenHash,
			created_at: link.now,
			expires_at: link.expiresAt,
		})
		.execute()
}

/** A link that is still good. */
export function findLink(
	db: DatabaseOrTransaction,
	tokenHash: string,
	now: Date,
): Promise<StaffLink | undefined> {
	return db
		.selectFrom('staff_links')
		.select(['id', 'member_id as memberId', 'kind'])
		.where('token_hash', '=', tokenHash)
		.where('used_at', 'is', null)
		.where('expires_at', '>', now)
		.executeTakeFirst()
}

/** False where it was used meanwhile. */
export async function useLink(db: DatabaseOrTransaction, id: number, now: Date): Promise<boolean> {
	const { numUpdatedRows } = await db
		.updateTable('staff_links')
		.set({ used_at: now })
		.where('id', '=', id)
		.where('used_at', 'is', null)
		.executeTakeFirst()
	return numUpdatedRows > 0n
}

/** Ends all links of a member; null: those of the first owner. */
export async function endLinks(db: DatabaseOrTransaction, memberId: number | null): Promise<void> {
	await db
		.deleteFrom('staff_links')
		.where((eb) => (memberId === null ? eb('member_id', 'is', null) : eb('member_id', '=', memberId)))
		.execute()
}
