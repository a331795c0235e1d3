import type { DatabaseOrTransaction } from '../../kernel/database.ts'

/** A browser that somebody is signed in with. */
export type StaffSession = {
	id: number
	userAgent: string | null
	createdAt: Date
	lastSeenAt: Date
}

export type FoundSession = {
	id: number
	memberId: number
	complete: boolean
	lastSeenAt: Date
	expiresAt: Date
}

export async function insertSession(
	db: DatabaseOrTransaction,
	session: {
		memberId: number
		tokenHash: string
		complete: boolean
		userAgent: string | null
		now: Date
		expiresAt: Date
	},
): Promise<void> {
	await db
		.insertInto('staff_sessions')
		.values({
			member_id: session.memberId,
			token_hash: session.tokenHash,
			complete: session.complete,
			user_agent: session.userAgent,
			created_at: session.now,
			last_seen_at: session.now,
			expires_at: session.expiresAt,
		})
		.execute()
}

export function findSession(
	db: DatabaseOrTransaction,
	tokenHash: string,
	now: Date,
): Promise<FoundSession | undefined> {
	return db
		.selectFrom('staff_sessions')
		.select([
			'id',
			'member_id as memberId',
			'complete',
			'last_seen_at as lastSeenAt',
			'expires_at as expiresAt',
		])
		.where('token_hash', '=', tokenHash)
		.where('expires_at', '>', now)
		.executeTakeFirst()
}

export async function touchSession(
	db: DatabaseOrTransaction,
	id: number,
	{ now, expiresAt }: { now: Date; expiresAt: Date },
): Promise<void> {
	await db
		.updateTable('staff_sessions')
		.set({ last_seen_at: now, expires_at: expiresAt })
		.where('id', '=', id)
		.execute()
}

export async function selectSessions(
	db: DatabaseOrTransaction,
	memberId: number,
	now: Date,
): Promise<StaffSession[]> {
	return db
		.selectFrom('staff_sessions')
		.select(['id', 'user_agent as userAgent', 'created_at as createdAt', 'last_seen_at as lastSeenAt'])
		.where('member_id', '=', memberId)
		.where('complete', '=', true)
		.where('expires_at', '>', now)
		.orderBy('last_seen_at', 'desc')
		.orderBy('id', 'desc')
		.execute()
}

export async function deleteSession(
	db: DatabaseOrTransaction,
	{ memberId, id }: { memberId: number; id: number },
): Promise<boolean> {
	const { numDeletedRows } = await db
		.deleteFrom('staff_sessions')
		.where('member_id', '=', memberId)
		.where('id', '=', id)
		.executeTakeFirst()
	return numDeletedRows > 0n
}

/** Ends all of a member's sessions but one. */
export async function deleteSessions(
	db: DatabaseOrTransaction,
	memberId: number,
	{ except }: { except?: number | undefined } = {},
): Promise<void> {
	let query = db.deleteFrom('staff_sessions').where('member_id', '=', memberId)
	if (except !== undefined) query = query.where('id', '!=', except)
	await query.execute()
}

export async function deleteEndedSessions(db: DatabaseOrTransaction, now: Date): Promise<number> {
	const { numDeletedRows } = await db
		.deleteFrom('staff_sessions')
		.where('expires_at', '<=', now)
		.executeTakeFirst()
	return Number(numDeletedRows)
}
