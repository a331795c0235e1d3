import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import type { StaffLinkKind } from '../../kernel/tables/staff.ts'

export type StaffLink = { id: number; memberId: number | null; kind: StaffLinkKind }

export type LinkToMail = {
	kind: StaffLinkKind
	email: string
	locale: string
	createdAt: Date
	expiresAt: Date
}

/** Makes a link, and ends those of its kind that the member had. Gives its id. */
export async function replaceLink(
	tx: DatabaseOrTransaction,
	link: {
		memberId: number | null
		kind: StaffLinkKind
		/** Null where the token is made when the mail is. */
		tokenHash: string | null
		now: Date
		expiresAt: Date
	},
): Promise<number> {
	await tx
		.deleteFrom('staff_links')
		.where('kind', '=', link.kind)
		.where((eb) =>
			link.memberId === null ? eb('member_id', 'is', null) : eb('member_id', '=', link.memberId),
		)
		.execute()
	const { id } = await tx
		.insertInto('staff_links')
		.values({
			member_id: link.memberId,
			kind: link.kind,
			token_hash: link.tokenHash,
			created_at: link.now,
			expires_at: link.expiresAt,
		})
		.returning('id')
		.executeTakeFirstOrThrow()
	return id
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

/** A link whose mail has not been made yet, locked; its member's address and language. */
export function lockLinkToMail(
	tx: DatabaseOrTransaction,
	id: number,
	now: Date,
): Promise<LinkToMail | undefined> {
	return tx
		.selectFrom('staff_links as l')
		.innerJoin('staff_members as m', 'm.id', 'l.member_id')
		.select(['l.kind', 'm.email', 'm.locale', 'l.created_at as createdAt', 'l.expires_at as expiresAt'])
		.where('l.id', '=', id)
		.where('l.token_hash', 'is', null)
		.where('l.used_at', 'is', null)
		.where('l.expires_at', '>', now)
		.where('m.removed_at', 'is', null)
		.forUpdate('l')
		.executeTakeFirst()
}

/** Null makes it wait for its mail again. */
export async function setLinkToken(
	db: DatabaseOrTransaction,
	id: number,
	tokenHash: string | null,
): Promise<void> {
	await db.updateTable('staff_links').set({ token_hash: tokenHash }).where('id', '=', id).execute()
}

/** Links whose mail has not been made though it was asked for before this moment: a queue has lost their job. */
export async function selectLinksToMail(
	db: DatabaseOrTransaction,
	{ before, now }: { before: Date; now: Date },
): Promise<number[]> {
	const rows = await db
		.selectFrom('staff_links')
		.select('id')
		.where('token_hash', 'is', null)
		.where('used_at', 'is', null)
		.where('created_at', '<', before)
		.where('expires_at', '>', now)
		.execute()
	return rows.map(({ id }) => id)
}

export async function deleteEndedLinks(db: DatabaseOrTransaction, now: Date): Promise<number> {
	const { numDeletedRows } = await db
		.deleteFrom('staff_links')
		.where('expires_at', '<=', now)
		.executeTakeFirst()
	return Number(numDeletedRows)
}
