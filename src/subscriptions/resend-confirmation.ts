import type { JobCatalog } from '../jobs/catalog.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import type { Jobs } from '../kernel/jobs.ts'
import { hashAddress, hashToken, type Keys } from '../kernel/keys.ts'
import type { Limiter } from '../kernel/limiter.ts'
import type { Locale } from '../kernel/messages.ts'
import { refuseFloods, type SignupLimits } from './limit-signups.ts'
import { mailboxOf } from './mailbox-of.ts'
import { maskAddress } from './mask-address.ts'
import { noticeDelayMs } from './notice-delay.ts'
import type { SignupWatch } from './protection/kept-back.ts'
import { proveSignup } from './signup-proof.ts'
import { findConfirmation } from './store/confirmations.ts'
import { addNotice } from './store/notices.ts'
import { touchSubscription } from './store/subscriptions.ts'

export type ResendDeps = {
	db: Database
	clock: Clock
	keys: Keys
	jobs: Pick<Jobs<JobCatalog>, 'enqueue'>
	limiter: Pick<Limiter, 'take'>
	signupWatch: SignupWatch
	config: SignupLimits & { noticeSpreadSeconds: number }
}

export type Resent = { newsletter: string; locale: Locale; maskedAddress: string; proof: string }

/**
 * Sends a new link in place of one that has expired or was used; a flood of it is refused (throws `limited`).
 * Undefined where there was no such link. The answer is the same whatever became of the subscription.
 */
export async function resendConfirmation(
	deps: ResendDeps,
	{ token, ip }: { token: string; ip: string },
): Promise<Resent | undefined> {
	const link = await findConfirmation(deps.db, hashToken(deps.keys, token))
	if (!link) return undefined
	const networks = await refuseFloods(deps, ip)
	const now = deps.clock.now()
	const locale = link.confirmationLocale
	const mailboxHash = hashAddress(deps.keys, mailboxOf(link.address))
	const noticeId = await deps.db.transaction().execute(async (tx) => {
		// pruning passes over what was just asked for again, or has been here before
		const isThere = await touchSubscription(tx, link.id, now)
		const asked = {
			subscriptionId: link.id,
			mailboxHash,
			locale,
			networks,
			hurried: false,
			unproven: false,
			now,
		}
		return isThere ? addNotice(tx, asked) : undefined
	})
	if (noticeId === undefined) return undefined
	await deps.jobs.enqueue('send-notice', { noticeId }, { delayMs: noticeDelayMs(deps.config) })
	return {
		newsletter: link.newsletter,
		locale,
		maskedAddress: maskAddress(link.address),
		proof: proveSignup(deps.keys, link, now),
	}
}
