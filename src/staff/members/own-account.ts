import { recordAudit } from '../../audit/index.ts'
import type { Member } from '../../kernel/actor.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Locale } from '../../kernel/messages.ts'
import type { SignInTools } from '../../kernel/sign-in.ts'
import { endLinks } from '../store/links.ts'
import { countRecoveryCodes, findMember, setPassword, updateMember } from '../store/members.ts'
import { deleteSessions } from '../store/sessions.ts'
import { type ConfirmPasswordDeps, confirmOwnPassword } from './confirm-own-password.ts'
import { requireGoodPassword } from './welcome.ts'

type Deps = ConfirmPasswordDeps & { clock: Clock; signInTools: SignInTools }

/**
 * A member's address, whether they have a password, and how many codes to recover with are left: null where signing in asks
 * for no code.
 */
export async function viewOwnAccount(
	{ db }: Pick<Deps, 'db'>,
	member: Member,
): Promise<{ email: string; hasPassword: boolean; recoveryCodesLeft: number | null }> {
	const found = await findMember(db, member.id)
	const recoveryCodesLeft = found?.codeSecret ? await countRecoveryCodes(db, member.id) : null
	return { email: found?.email ?? '', hasPassword: Boolean(found?.passwordHash), recoveryCodesLeft }
}

/** The language in which Envoi speaks to a member. */
export async function chooseOwnLocale(
	{ db }: Pick<Deps, 'db'>,
	member: Member,
	locale: Locale,
): Promise<void> {
	await updateMember(db, member.id, { locale })
}

/** Changes a member's own password; their other sessions and links end. Throws `invalid`: the present one is wrong, or the new one weak. */
export async function changeOwnPassword(
	deps: Deps,
	{ member, sessionId }: { member: Member; sessionId: number },
	{ present, password }: { present: string; password: string },
): Promise<void> {
	await confirmOwnPassword(deps, member, { field: 'present', password: present })
	const found = await findMember(deps.db, member.id)
	await requireGoodPassword(deps, password, [member.name, found?.email ?? ''])
	const hash = await deps.signInTools.hashPassword(password)
	await deps.db.transaction().execute(async (tx) => {
		await setPassword(tx, member.id, hash)
		await deleteSessions(tx, member.id, { except: sessionId })
		await endLinks(tx, member.id)
		const entry = { actor: member, action: 'set-password' as const, subject: `member:${member.id}` }
		await recordAudit({ ...deps, db: tx }, entry)
	})
}
