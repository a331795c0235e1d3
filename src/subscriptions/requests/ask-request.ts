import type { JobCatalog } from '../../jobs/catalog.ts'
import { invalidField } from '../../kernel/app-error.ts'
import { addSeconds, type Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database.ts'
import { type EmailAddress, parseEmailAddress } from '../../kernel/email-address.ts'
import type { RequestKind } from '../../kernel/enumerations.ts'
import type { Jobs } from '../../kernel/jobs.ts'
import { hashAddress, type Keys } from '../../kernel/keys.ts'
import type { Limiter } from '../../kernel/limiter.ts'
import { readPreferencesToken } from '../choices/preferences-url.ts'
import { refuseFloods, type SignupLimits } from '../limit-signups.ts'
import { mailboxOf } from '../mailbox-of.ts'
import { noticeDelayMs } from '../notice-delay.ts'
import { addRequestNotice } from '../store/request-notices.ts'
import { upsertSubscriber } from '../store/subscribers.ts'
import { findSubscription, lockSubscription, type SubscriptionRecord } from '../store/subscriptions.ts'
import { insertRequest } from './store.ts'

export type AskRequestDeps = {
	db: Database
	clock: Clock
	keys: Keys
	jobs: Pick<Jobs<JobCatalog>, 'enqueue'>
	limiter: Pick<Limiter, 'take'>
	config: SignupLimits & { noticeSpreadSeconds: number; confirmHours: number }
}

type Asking = { token: string; ip: string } & (
	| { kind: 'change_address'; email: string }
	| { kind: Exclude<RequestKind, 'change_address'> }
)

/**
 * Takes what a reader asks for on their page, and mails a link that proves it: to the new address for a change of it, else to
 * the one they have. The same whatever is known of the new address. Throws `invalid` for the address, and `limited` for a flood.
 */
export async function askRequest(
	deps: AskRequestDeps,
	asking: Asking,
): Promise<'asked' | 'forged' | 'erased'> {
	const link = readPreferencesToken(deps.keys, asking.token)
	if (!link) return 'forged'
	const networks = await refuseFloods(deps, asking.ip)
	const noticeId = await deps.db.transaction().execute(async (tx) => {
		await lockSubscription(tx, link.subscriptionId)
		const subscription = await findSubscription(tx, link.subscriptionId)
		if (!subscription) return undefined
		const now = deps.clock.now()
		const to =
			asking.kind === 'change_address' ? checkNewAddress(asking.email, subscription) : subscription.address
		const addressHash = hashAddress(deps.keys, to.comparable)
		const { subscriberId, locale } = subscription
		const newSubscriberId =
			asking.kind === 'change_address' ? await upsertSubscriber(tx, { address: to, addressHash, now }) : null
		const requestId = await insertRequest(tx, {
			kind: asking.kind,
			subscriptionId: subscription.id,
			subscriberId,
			newSubscriberId,
			locale,
			now,
			expiresAt: addSeconds(now, deps.config.confirmHours * 3_600),
		})
		const mailboxHash = hashAddress(deps.keys, mailboxOf(to))
		return addRequestNotice(tx, {
			subscriptionId: subscription.id,
			requestId,
			mailboxHash,
			locale,
			networks,
			now,
		})
	})
	if (noticeId === undefined) return 'erased'
	await deps.jobs.enqueue('send-notice', { noticeId }, { delayMs: noticeDelayMs(deps.config) })
	return 'asked'
}

function checkNewAddress(email: string, { address }: SubscriptionRecord): EmailAddress {
	const parsed = parseEmailAddress(email)
	if (!parsed.ok) throw invalidField('email', `errors.address.${parsed.problem}`)
	if (parsed.address.comparable === address.comparable)
		throw invalidField('email', 'errors.choices.same_address')
	return parsed.address
}
