import { type Actor, type Member, mayDo } from '../../kernel/actor.ts'
import { AppError } from '../../kernel/app-error.ts'
import { permissions } from '../../kernel/permissions.ts'

/**
 * Throws `forbidden` where who has this role could do more than the actor: a key that may manage staff could otherwise come in
 * itself, as an owner.
 */
export function requireMayGrant(actor: Actor, granted: Pick<Member, 'role' | 'newsletterIds'>): void {
	const member: Member = { kind: 'member', id: 0, name: '', ...granted }
	const lacking = permissions.find((permission) => mayDo(member, permission) && !mayDo(actor, permission))
	if (lacking)
		throw new AppError('forbidden', 'errors.staff.more_than_own', { params: { permission: lacking } })
}
