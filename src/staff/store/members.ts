import { sql } from 'kysely'
import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import type { Locale } from '../../kernel/messages.ts'
import type { Role } from '../../kernel/roles.ts'

/** A person who works in the console, as colleagues may see them. */
export type StaffMember = {
	id: number
	name: string
	email: string
	role: Role
	/** The newsletters they may see; null stands for all. */
	newsletterIds: number[] | null
	locale: Locale
	createdAt: Date
	/** Whether they have come in yet, by a password or by OpenID Connect. */
	joined: boolean
	/** Whether signing in asks for a code. */
	codes: boolean
	/** Whether they have come in by OpenID Connect. */
	openId: boolean
	lastSeenAt: Date | null
}

/** What signing in needs to know of a member. */
export type Credentials = {
	id: number
	name: string
	email: string
	role: Role
	newsletterIds: number[] | null
	locale: Locale
	passwordHash: string | null
	codeSecret: string | null
	codeLastStep: number | null
	/** Whom a provider of OpenID Connect says that they are, once they have come in by it. */
	openIdIssuer: string | null
	openIdSubject: string | null
	joined: boolean
}

export type NewMember = Pick<StaffMember, 'name' | 'email' | 'role' | 'newsletterIds' | 'locale'> & {
	emailKey: string
	createdAt: Date
}

/** Whether a member has come in, by a password or by OpenID Connect. */
export const hasComeIn = sql<boolean>`(password_hash is not null or open_id_subject is not null)`

/** Gives the id; undefined where the address is a member's. */
export async function insertMember(
	db: DatabaseOrTransaction,
	member: NewMember,
): Promise<number | undefined> {
	const inserted = await db
		.insertInto('staff_members')
		.values({
			name: member.name,
			email: member.email,
			email_key: member.emailKey,
			role: member.role,
			newsletter_ids: member.newsletterIds,
			locale: member.locale,
			created_at: member.createdAt,
		})
		.onConflict((conflict) => conflict.doNothing())
		.returning('id')
		.executeTakeFirst()
	return inserted?.id
}

/** All who have not been removed, by name. */
export async function selectMembers(db: DatabaseOrTransaction): Promise<StaffMember[]> {
	const rows = await db
		.selectFrom('staff_members')
		.leftJoin('staff_sessions', (join) =>
			join.onRef('staff_sessions.member_id', '=', 'staff_members.id').on('complete', '=', true),
		)
		.select([
			'staff_members.id',
			'name',
			'email',
			'role',
			'newsletter_ids as newsletterIds',
			'locale',
			'staff_members.created_at as createdAt',
			sql<boolean>`${hasComeIn}`.as('joined'),
			sql<boolean>`code_secret is not null`.as('codes'),
			sql<boolean>`open_id_subject is not null`.as('openId'),
			sql<Date | null>`max(staff_sessions.last_seen_at)`.as('lastSeenAt'),
		])
		.where('removed_at', 'is', null)
		.groupBy('staff_members.id')
		.orderBy(sql`lower(name)`)
		.orderBy('staff_members.id')
		.execute()
	return rows
}

/** What all who ever worked here are called, those who were removed too, by name. */
export async function selectMemberNames(
	db: DatabaseOrTransaction,
): Promise<Array<{ id: number; name: string }>> {
	return db
		.selectFrom('staff_members')
		.select(['id', 'name'])
		.orderBy(sql`lower(name)`)
		.orderBy('id')
		.execute()
}

function selectCredentials(db: DatabaseOrTransaction) {
	return db
		.selectFrom('staff_members')
		.select([
			'id',
			'name',
			'email',
			'role',
			'newsletter_ids as newsletterIds',
			'locale',
			'password_hash as passwordHash',
			'code_secret as codeSecret',
			'code_last_step as codeLastStep',
			'open_id_issuer as openIdIssuer',
			'open_id_subject as openIdSubject',
			sql<boolean>`${hasComeIn}`.as('joined'),
		])
		.where('removed_at', 'is', null)
}

export function findMemberByEmail(
	db: DatabaseOrTransaction,
	emailKey: string,
): Promise<Credentials | undefined> {
	return selectCredentials(db).where('email_key', '=', emailKey).executeTakeFirst()
}

/** Whom a provider's own number stands for. */
export function findMemberByOpenId(
	db: DatabaseOrTransaction,
	{ issuer, subject }: { issuer: string; subject: string },
): Promise<Credentials | undefined> {
	return selectCredentials(db)
		.where('open_id_issuer', '=', issuer)
		.where('open_id_subject', '=', subject)
		.executeTakeFirst()
}

export async function setOpenId(
	db: DatabaseOrTransaction,
	id: number,
	{ issuer, subject }: { issuer: string; subject: string },
): Promise<void> {
	await db
		.updateTable('staff_members')
		.set({ open_id_issuer: issuer, open_id_subject: subject })
		.where('id', '=', id)
		.execute()
}

/** Locked for the rest of the transaction. */
export function lockMember(tx: DatabaseOrTransaction, id: number): Promise<Credentials | undefined> {
	return selectCredentials(tx).where('id', '=', id).forUpdate().executeTakeFirst()
}

export function findMember(db: DatabaseOrTransaction, id: number): Promise<Credentials | undefined> {
	return selectCredentials(db).where('id', '=', id).executeTakeFirst()
}

/**
 * Locks all owners, so that two of them can't remove each other at once. Gives the ids of those who can sign in and are for
 * all newsletters: others can invite nobody.
 */
export async function lockOwners(tx: DatabaseOrTransaction): Promise<number[]> {
	const rows = await tx
		.selectFrom('staff_members')
		.select(['id', sql<boolean>`${hasComeIn}`.as('joined')])
		.where('role', '=', 'owner')
		.where('newsletter_ids', 'is', null)
		.where('removed_at', 'is', null)
		.orderBy('id')
		.forUpdate()
		.execute()
	return rows.filter(({ joined }) => joined).map(({ id }) => id)
}

export async function hasMembers(db: DatabaseOrTransaction): Promise<boolean> {
	const found = await db
		.selectFrom('staff_members')
		.select('id')
		.where('removed_at', 'is', null)
		.limit(1)
		.executeTakeFirst()
	return found !== undefined
}

export type MemberChanges = {
	name?: string | undefined
	role?: Role | undefined
	newsletterIds?: number[] | null | undefined
	locale?: Locale | undefined
}

export async function updateMember(
	db: DatabaseOrTransaction,
	id: number,
	{ name, role, newsletterIds, locale }: MemberChanges,
): Promise<void> {
	const set = {
		...(name !== undefined && { name }),
		...(role !== undefined && { role }),
		...(newsletterIds !== undefined && { newsletter_ids: newsletterIds }),
		...(locale !== undefined && { locale }),
	}
	if (Object.keys(set).length === 0) return
	await db.updateTable('staff_members').set(set).where('id', '=', id).execute()
}

export async function markMemberRemoved(db: DatabaseOrTransaction, id: number, at: Date): Promise<void> {
	await db
		.updateTable('staff_members')
		.set({
			removed_at: at,
			password_hash: null,
			code_secret: null,
			open_id_issuer: null,
			open_id_subject: null,
		})
		.where('id', '=', id)
		.execute()
}

export async function setPassword(db: DatabaseOrTransaction, id: number, hash: string): Promise<void> {
	await db.updateTable('staff_members').set({ password_hash: hash }).where('id', '=', id).execute()
}

/** Null ends the second step, and the recovery codes with it. */
export async function setCodeSecret(
	tx: DatabaseOrTransaction,
	id: number,
	codes: { secret: string; step: number; recoveryHashes: readonly string[] } | null,
): Promise<void> {
	await tx.deleteFrom('staff_recovery_codes').where('member_id', '=', id).execute()
	await tx
		.updateTable('staff_members')
		.set({ code_secret: codes?.secret ?? null, code_last_step: codes?.step ?? null })
		.where('id', '=', id)
		.execute()
	if (!codes) return
	await tx
		.insertInto('staff_recovery_codes')
		.values(codes.recoveryHashes.map((hash) => ({ member_id: id, code_hash: hash, used_at: null })))
		.execute()
}

export async function setCodeStep(db: DatabaseOrTransaction, id: number, step: number): Promise<void> {
	await db.updateTable('staff_members').set({ code_last_step: step }).where('id', '=', id).execute()
}

/** False where it is none of theirs, or was used before. */
export async function useRecoveryCode(
	db: DatabaseOrTransaction,
	{ memberId, hash, at }: { memberId: number; hash: string; at: Date },
): Promise<boolean> {
	const { numUpdatedRows } = await db
		.updateTable('staff_recovery_codes')
		.set({ used_at: at })
		.where('member_id', '=', memberId)
		.where('code_hash', '=', hash)
		.where('used_at', 'is', null)
		.executeTakeFirst()
	return numUpdatedRows > 0n
}

export async function countRecoveryCodes(db: DatabaseOrTransaction, memberId: number): Promise<number> {
	const { count } = await db
		.selectFrom('staff_recovery_codes')
		.select((eb) => eb.fn.countAll<number>().as('count'))
		.where('member_id', '=', memberId)
		.where('used_at', 'is', null)
		.executeTakeFirstOrThrow()
	return Number(count)
}
