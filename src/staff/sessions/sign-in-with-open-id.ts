import { recordAudit } from '../../audit/index.ts'
import { AppError } from '../../kernel/app-error.ts'
import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import { parseEmailAddress } from '../../kernel/email-address.ts'
import type { OpenIdIdentity } from '../../kernel/open-id.ts'
import {
	type Credentials,
	findMemberByEmail,
	findMemberByOpenId,
	lockMember,
	setOpenId,
} from '../store/members.ts'
import { beginSession } from './sessions.ts'
import { noteSignIn, type SignedInBrowser, type SignInDeps } from './sign-in.ts'

/**
 * Lets in whom the organisation's provider vouches for. The first time it is the member whose address the provider has
 * verified; from then on the provider's own number for that person, which stays when an address changes or goes to somebody
 * else (OpenID Connect Core §5.7). Who has codes turned on is asked for one as ever. Throws `unauthenticated`.
 */
export async function signInWithOpenId(
	deps: Omit<SignInDeps, 'limiter' | 'signInTools'>,
	identity: OpenIdIdentity,
	userAgent: string | undefined,
): Promise<SignedInBrowser> {
	return deps.db.transaction().execute(async (tx) => {
		const member = (await findMemberByOpenId(tx, identity)) ?? (await bindMember(deps, tx, identity))
		const complete = member.codeSecret === null
		if (complete) await noteSignIn(deps, tx, member)
		const token = await beginSession(deps, tx, { memberId: member.id, complete, userAgent })
		return { token, complete, memberId: member.id }
	})
}

async function bindMember(
	{ clock }: Pick<SignInDeps, 'clock'>,
	tx: DatabaseOrTransaction,
	identity: OpenIdIdentity,
): Promise<Credentials> {
	const parsed = parseEmailAddress(identity.email ?? '')
	if (!parsed.ok) throw refused('no_address')
	if (!identity.emailVerified) throw refused('unverified')
	const found = await findMemberByEmail(tx, parsed.address.comparable)
	const member = found && (await lockMember(tx, found.id))
	if (!member) throw refused('unknown')
	// the address went to another person there, or two at once came in
	if (member.openIdIssuer === identity.issuer && member.openIdSubject !== identity.subject)
		throw refused('somebody_else')
	await setOpenId(tx, member.id, identity)
	const { id, name, role, newsletterIds } = member
	const actor = { kind: 'member' as const, id, name, role, newsletterIds }
	await recordAudit({ db: tx, clock }, { actor, action: 'link-open-id', subject: `member:${id}` })
	return member
}

function refused(why: 'no_address' | 'unverified' | 'unknown' | 'somebody_else'): AppError {
	return new AppError('unauthenticated', `errors.sign_in.open_id_${why}`)
}
