import type { JobCatalog } from '../jobs/catalog.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import type { Jobs } from '../kernel/jobs.ts'
import { hashToken, type Keys } from '../kernel/keys.ts'
import type { Limiter } from '../kernel/limiter.ts'
import type { Locale } from '../kernel/messages.ts'
import { limitSignups, type SignupLimits } from './limit-signups.ts'
import { maskAddress } from './mask-address.ts'
import { proveSignup } from './signup-proof.ts'
import { addNotice, findConfirmation, touchSubscription } from './store.ts'

export type ResendDeps = {
	db: Database
	clock: Clock
	keys: Keys
	jobs: Pick<Jobs<JobCatalog>, 'enqueue'>
	limiter: Limiter
	config: SignupLimits
}

export type Resent = { newsletter: string; locale: Locale; maskedAddress: string; proof: string }

/**
 * Sends a new link in place of one that has expired or was used; limited like a sign-up (throws `limited`).
 * Undefined where there was no such link. The answer is the same whatever became of the subscription.
 */
export async function resendConfirmation(
	deps: ResendDeps,
	{ token, ip }: { token: string; ip: string },
): Promise<Resent | undefined> {
	const link = await findConfirmation(deps.db, hashToken(deps.keys, token))
	if (!link) return undefined
	await limitSignups(deps, { ip, address: link.address })
	const now = deps.clock.now()
	const locale = link.confirmationLocale
	const noticeId = await deps.db.transaction().execute(async (tx) => {
		// pruning passes over what was just asked for again, or has been here before
		const isThere = await touchSubscription(tx, link.id, now)
		return isThere ? addNotice(tx, { subscriptionId: link.id, locale, now }) : undefined
	})
	if (noticeId === undefined) return undefined
	await deps.jobs.enqueue('send-notice', { noticeId })
	return {
		newsletter: link.newsletter,
		locale,
		maskedAddress: maskAddress(link.address),
		proof: proveSignup(deps.keys, link, now),
	}
}
