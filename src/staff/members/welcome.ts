import { recordAudit } from '../../audit/index.ts'
import { AppError, invalidField } from '../../kernel/app-error.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Database, DatabaseOrTransaction } from '../../kernel/database.ts'
import { hashToken, type Keys } from '../../kernel/keys.ts'
import type { Locale } from '../../kernel/messages.ts'
import type { SignInTools } from '../../kernel/sign-in.ts'
import type { StaffLinkKind } from '../../kernel/tables/staff.ts'
import { endLinks, findLink, useLink } from '../store/links.ts'
import {
	findMember,
	hasMembers,
	insertMember,
	lockMember,
	setPassword,
	updateMember,
} from '../store/members.ts'
import { deleteSessions } from '../store/sessions.ts'

type Deps = {
	db: Database
	clock: Clock
	keys: Keys
	signInTools: Pick<SignInTools, 'hashPassword' | 'judgePassword'>
}

/** What a link that lets somebody in is for; whose, unless it is the first owner's. */
export type WelcomeView = {
	kind: StaffLinkKind
	member: { name: string; email: string; locale: Locale } | null
}

/** What the page behind a link shows; undefined where it is spent, old or unknown. Changes nothing. */
export async function viewWelcome(
	{ db, clock, keys }: Pick<Deps, 'db' | 'clock' | 'keys'>,
	token: string,
): Promise<WelcomeView | undefined> {
	const link = await findLink(db, hashToken(keys, token), clock.now())
	if (!link) return undefined
	if (link.memberId === null) return (await hasMembers(db)) ? undefined : { kind: link.kind, member: null }
	const member = await findMember(db, link.memberId)
	return member && { kind: link.kind, member }
}

export type WelcomeInput = {
	name: string
	/** Of the first owner; the others' is known. */
	email: { email: string; emailKey: string } | undefined
	password: string
	locale: Locale
}

/**
 * Takes the password that the owner of a link chose; sessions of before end. Gives who it is, and whether they are in by
 * that: who has an app for codes is asked for one as ever. Throws `gone` where the link is good no more, `invalid` where the
 * password is weak.
 */
export async function acceptWelcome(
	deps: Deps,
	token: string,
	input: WelcomeInput,
): Promise<{ memberId: number; complete: boolean }> {
	const view = await viewWelcome(deps, token)
	if (!view) throw new AppError('gone', 'errors.staff.link_gone')
	const email = view.member?.email ?? input.email?.email
	if (email === undefined) throw invalidField('email', 'errors.address.empty')
	await requireGoodPassword(deps, input.password, [input.name, email])
	const hash = await deps.signInTools.hashPassword(input.password)
	return deps.db.transaction().execute(async (tx) => {
		const now = deps.clock.now()
		const link = await findLink(tx, hashToken(deps.keys, token), now)
		const id = link && (link.memberId ?? (await insertFirstOwner(tx, input, now)))
		// before the link, in the order of those who remove a member or make another link
		const member = id && (await lockMember(tx, id))
		if (!link || !member || !(await useLink(tx, link.id, now)))
			throw new AppError('gone', 'errors.staff.link_gone')
		const name = link.kind === 'invitation' ? input.name : member.name
		if (link.kind === 'invitation') await updateMember(tx, member.id, { name, locale: input.locale })
		await setPassword(tx, member.id, hash)
		await deleteSessions(tx, member.id)
		await endLinks(tx, link.memberId)
		const { role, newsletterIds } = member
		const actor = { kind: 'member' as const, id: member.id, name, role, newsletterIds }
		const action = link.kind === 'password' ? 'set-password' : 'join'
		await recordAudit({ ...deps, db: tx }, { actor, action, subject: `member:${member.id}` })
		return { memberId: member.id, complete: member.codeSecret === null }
	})
}

async function insertFirstOwner(tx: DatabaseOrTransaction, input: WelcomeInput, now: Date) {
	if (!input.email || (await hasMembers(tx))) throw new AppError('gone', 'errors.staff.link_gone')
	return insertMember(tx, {
		name: input.name,
		...input.email,
		role: 'owner',
		newsletterIds: null,
		locale: input.locale,
		createdAt: now,
	})
}

/** Throws `invalid` for a password that can be guessed; `about` are words that belong to its person. */
export async function requireGoodPassword(
	{ signInTools }: { signInTools: Pick<SignInTools, 'judgePassword'> },
	password: string,
	about: readonly string[],
): Promise<void> {
	const problem = await signInTools.judgePassword(password, about)
	if (problem) throw invalidField('password', `errors.password.${problem}`)
}
