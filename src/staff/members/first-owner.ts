import { addDays } from '../../kernel/clock.ts'
import { hashToken, randomToken } from '../../kernel/keys.ts'
import { replaceLink } from '../store/links.ts'
import { hasMembers } from '../store/members.ts'
import type { MembersDeps } from './manage-members.ts'
import { welcomeUrl } from './welcome-url.ts'

/** The link by which the first owner comes in; undefined where somebody has. The one given before ends. */
export async function firstOwnerLink(deps: MembersDeps): Promise<string | undefined> {
	return deps.db.transaction().execute(async (tx) => {
		if (await hasMembers(tx)) return undefined
		const token = randomToken()
		const now = deps.clock.now()
		await replaceLink(tx, {
			memberId: null,
			kind: 'first_owner',
			tokenHash: hashToken(deps.keys, token),
			now,
			expiresAt: addDays(now, 1),
		})
		return welcomeUrl(deps, token)
	})
}
