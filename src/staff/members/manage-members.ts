import { findChanges, recordAudit } from '../../audit/index.ts'
import type { Actor } from '../../kernel/actor.ts'
import { AppError } from '../../kernel/app-error.ts'
import { addDays, type Clock } from '../../kernel/clock.ts'
import type { Database, DatabaseOrTransaction } from '../../kernel/database.ts'
import { hashToken, type Keys, randomToken } from '../../kernel/keys.ts'
import { getNewsletter, listNewsletters } from '../../newsletters/index.ts'
import { endLinks, replaceLink } from '../store/links.ts'
import {
	type Credentials,
	insertMember,
	lockMember,
	lockOwners,
	markMemberRemoved,
	type StaffMember,
	selectMemberNames,
	selectMembers,
	updateMember,
} from '../store/members.ts'
import { deleteSessions } from '../store/sessions.ts'
import type { MemberChangesInput, MemberInput } from './member-input.ts'
import { requireMayGrant } from './require-may-grant.ts'
import { welcomeUrl } from './welcome-url.ts'

export type MembersDeps = { db: Database; clock: Clock; keys: Keys; config: { publicUrl: string } }

/** For how many days a link is good: of an invitation, and for another password. */
export const linkDays = { invitation: 7, password: 1 } as const

/** The people who work in the console, by name. */
export function listMembers({ db }: { db: DatabaseOrTransaction }): Promise<StaffMember[]> {
	return selectMembers(db)
}

/** What all who ever worked here are called, those who were removed too, by name. */
export function listMemberNames({
	db,
}: {
	db: DatabaseOrTransaction
}): Promise<Array<{ id: number; name: string }>> {
	return selectMemberNames(db)
}

/**
 * Invites somebody. Gives the link by which they come in, this once: a keyed hash of it is stored. Throws `conflict` where
 * the address is a member's, `not_found` where there is no such newsletter, `forbidden` where they could do more than the actor.
 */
export async function addMember(
	deps: MembersDeps,
	{ name, email, role, newsletters, locale }: MemberInput,
	actor: Actor,
): Promise<{ id: number; link: string }> {
	return deps.db.transaction().execute(async (tx) => {
		const newsletterIds = await readNewsletters(tx, newsletters)
		requireMayGrant(actor, { role, newsletterIds })
		const createdAt = deps.clock.now()
		const id = await insertMember(tx, { name, ...email, role, newsletterIds, locale, createdAt })
		if (id === undefined) throw new AppError('conflict', 'errors.staff.known')
		const link = await makeLink(deps, tx, id, 'invitation')
		await recordAudit({ ...deps, db: tx }, { actor, action: 'invite', subject: `member:${id}`, detail: role })
		return { id, link }
	})
}

/**
 * Gives a new link to a member, to be handed over: to come in, or to choose another password where they have come in. The one
 * of before ends. Gives for how many days it is good, too. Throws `not_found`, and `forbidden` where they may do more than the
 * actor, who could come in by it.
 */
export async function inviteAgain(
	deps: MembersDeps,
	id: number,
	actor: Actor,
): Promise<{ name: string; link: string; days: number }> {
	return deps.db.transaction().execute(async (tx) => {
		const member = await requireMember(tx, id)
		requireMayGrant(actor, member)
		const { name, joined } = member
		const kind = joined ? 'password' : 'invitation'
		const link = await makeLink(deps, tx, id, kind)
		await recordAudit({ ...deps, db: tx }, { actor, action: 'invite', subject: `member:${id}` })
		return { name, link, days: linkDays[kind] }
	})
}

/**
 * Changes what a member is called or may do; at once, as each request looks. The last owner stays one. Throws `not_found`, and
 * `forbidden` where they could do more than the actor from then on.
 */
export async function changeMember(
	deps: MembersDeps,
	id: number,
	{ newsletters, ...changes }: MemberChangesInput,
	actor: Actor,
): Promise<void> {
	await deps.db.transaction().execute(async (tx) => {
		const owners = await lockOwners(tx)
		const before = await requireMember(tx, id)
		const staysOwner = (changes.role ?? 'owner') === 'owner' && (newsletters ?? null) === null
		if (!staysOwner) requireAnotherOwner(owners, id)
		const newsletterIds = newsletters === undefined ? undefined : await readNewsletters(tx, newsletters)
		await updateMember(tx, id, { ...changes, newsletterIds })
		const after = await requireMember(tx, id)
		if (changes.role !== undefined || newsletters !== undefined) requireMayGrant(actor, after)
		const found = findChanges(await termsOf(tx, before), await termsOf(tx, after))
		const entry = { actor, action: 'change' as const, subject: `member:${id}`, changes: found }
		await recordAudit({ ...deps, db: tx }, entry)
	})
}

/** Takes a member's way in away, at once. Their name stays for the audit. The last owner stays. */
export async function removeMember(deps: MembersDeps, id: number, actor: Actor): Promise<void> {
	await deps.db.transaction().execute(async (tx) => {
		const owners = await lockOwners(tx)
		await requireMember(tx, id)
		requireAnotherOwner(owners, id)
		await deleteSessions(tx, id)
		await endLinks(tx, id)
		await markMemberRemoved(tx, id, deps.clock.now())
		await recordAudit({ ...deps, db: tx }, { actor, action: 'remove', subject: `member:${id}` })
	})
}

/** What a member is called and may do, as the audit log compares it; `*` stands for all newsletters. */
async function termsOf(
	tx: DatabaseOrTransaction,
	{ name, role, newsletterIds: ids }: Pick<Credentials, 'name' | 'role' | 'newsletterIds'>,
): Promise<object> {
	if (ids === null) return { name, role, newsletters: '*' }
	const own = (await listNewsletters({ db: tx })).filter(({ id }) => ids.includes(id))
	return { name, role, newsletters: own.map(({ slug }) => slug) }
}

function requireAnotherOwner(owners: readonly number[], id: number): void {
	if (owners.length === 1 && owners[0] === id) throw new AppError('conflict', 'errors.staff.last_owner')
}

async function requireMember(tx: DatabaseOrTransaction, id: number) {
	const member = await lockMember(tx, id)
	if (!member) throw new AppError('not_found', 'errors.staff.not_found', { params: { id } })
	return member
}

async function readNewsletters(
	db: DatabaseOrTransaction,
	slugs: readonly string[] | null,
): Promise<number[] | null> {
	if (slugs === null) return null
	const found = []
	for (const slug of new Set(slugs)) found.push((await getNewsletter({ db }, { slug })).id)
	return found
}

async function makeLink(
	deps: MembersDeps,
	tx: DatabaseOrTransaction,
	memberId: number,
	kind: keyof typeof linkDays,
): Promise<string> {
	const token = randomToken()
	const now = deps.clock.now()
	const tokenHash = hashToken(deps.keys, token)
	const expiresAt = addDays(now, linkDays[kind])
	await replaceLink(tx, { memberId, kind, tokenHash, now, expiresAt })
	return welcomeUrl(deps, token)
}
