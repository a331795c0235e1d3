import type { JobCatalog } from '../../jobs/catalog.ts'
import { invalidField } from '../../kernel/app-error.ts'
import { addSeconds, type Clock } from '../../kernel/clock.ts'
import type { Database, DatabaseOrTransaction } from '../../kernel/database.ts'
import { type EmailAddress, parseEmailAddress } from '../../kernel/email-address.ts'
import type { RequestKind } from '../../kernel/enumerations.ts'
import type { Jobs } from '../../kernel/jobs.ts'
import { hashAddress, type Keys } from '../../kernel/keys.ts'
import type { Limiter } from '../../kernel/limiter.ts'
import { Overtaken, repeatTransaction } from '../../kernel/repeat-transaction.ts'
import { readPreferencesToken } from '../choices/preferences-url.ts'
import { refuseFloods, type SignupLimits } from '../limit-signups.ts'
import { mailboxOf } from '../mailbox-of.ts'
import { noticeDelayMs } from '../notice-delay.ts'
import type { SignupWatch } from '../protection/kept-back.ts'
import { addRequestNotice } from '../store/request-notices.ts'
import { lockAddresses, lockPersons, upsertSubscriber } from '../store/subscribers.ts'
import { findSubscription, lockSubscription, type SubscriptionRecord } from '../store/subscriptions.ts'
import { insertRequest } from './store.ts'

export type AskRequestDeps = {
	db: Database
	clock: Clock
	keys: Keys
	jobs: Pick<Jobs<JobCatalog>, 'enqueue'>
	limiter: Pick<Limiter, 'take'>
	signupWatch: SignupWatch
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
	const newAddress = asking.kind === 'change_address' ? parse(asking.email) : undefined
	const noticeId = await repeatTransaction(deps.db, async (tx) => {
		const now = deps.clock.now()
		const held = await holdReader(
			tx,
			link.subscriptionId,
			newAddress && {
				address: newAddress,
				addressHash: hashAddress(deps.keys, newAddress.comparable),
				now,
			},
		)
		if (!held) return undefined
		const { subscription, newSubscriberId } = held
		const { subscriberId, locale } = subscription
		const to = newAddress ?? subscription.address
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

function parse(email: string): EmailAddress {
	const parsed = parseEmailAddress(email)
	if (!parsed.ok) throw invalidField('email', `errors.address.${parsed.problem}`)
	return parsed.address
}

type Held = { subscription: SubscriptionRecord; newSubscriberId: number | null }

/** Holds a subscription, its person and the new address until the transaction ends, in the order of `lockAddresses`. */
async function holdReader(
	tx: DatabaseOrTransaction,
	subscriptionId: number,
	wanted: { address: EmailAddress; addressHash: string; now: Date } | undefined,
): Promise<Held | undefined> {
	const found = await findSubscription(tx, subscriptionId)
	if (!found) return undefined
	if (wanted?.address.comparable === found.address.comparable) {
		throw invalidField('email', 'errors.choices.same_address')
	}
	const addresses = wanted ? [found.address, wanted.address] : [found.address]
	await lockAddresses(
		tx,
		addresses.map(({ comparable }) => comparable),
	)
	const newSubscriberId = wanted ? await upsertSubscriber(tx, wanted) : null
	await lockPersons(tx, [found.subscriberId])
	await lockSubscription(tx, subscriptionId)
	const subscription = await findSubscription(tx, subscriptionId)
	// moved: to the address that is asked for, maybe
	if (subscription && subscription.subscriberId !== found.subscriberId) throw new Overtaken()
	return subscription && { subscription, newSubscriberId }
}
