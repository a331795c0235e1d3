import type { Clock } from '../../kernel/clock.ts'
import type { Database, DatabaseOrTransaction } from '../../kernel/database.ts'
import type { SubscriptionState } from '../../kernel/enumerations.ts'
import type { Keys } from '../../kernel/keys.ts'
import type { Locale } from '../../kernel/messages.ts'
import { listTopics, type Topic } from '../../newsletters/index.ts'
import { maskAddress } from '../mask-address.ts'
import { findSubscription, type SubscriptionRecord } from '../store/subscriptions.ts'
import type { Choices } from './decide-choices.ts'
import { readPreferencesToken } from './preferences-url.ts'
import { type KeptChoices, selectChoices } from './store.ts'

export type ChoicesDeps = { db: Database; clock: Clock; keys: Keys; config: { recordIp: boolean } }

/** What the page of a reader's choices shows. The address is masked: the mail may have been forwarded. */
export type ChoicesView = {
	subscriptionId: number
	subscriberId: number
	digestId: number
	newsletterId: number
	newsletter: string
	locale: Locale
	maskedAddress: string
	state: SubscriptionState
	choices: Choices
	version: number
	/** The topics that are offered now, in their order. */
	topics: readonly Topic[]
	/** Null where mail comes. */
	pausedUntil: Date | null
	/** Null where none is known. */
	givenName: string | null
}

/**
 * Looks at the choices behind a signed link and changes nothing. `forged`: no link of ours. `erased`: a genuine one, of a
 * subscription that isn't there any more.
 */
export async function viewChoices(
	{ db, clock, keys }: Omit<ChoicesDeps, 'config'>,
	{ token }: { token: string },
): Promise<ChoicesView | 'forged' | 'erased'> {
	const link = readPreferencesToken(keys, token)
	if (!link) return 'forged'
	const found = await findWithChoices(db, link.subscriptionId)
	return found ? toChoicesView(db, found, { digestId: link.digestId, now: clock.now() }) : 'erased'
}

export type Found = { subscription: SubscriptionRecord; kept: KeptChoices }

export async function findWithChoices(
	db: DatabaseOrTransaction,
	subscriptionId: number,
): Promise<Found | undefined> {
	const subscription = await findSubscription(db, subscriptionId)
	const kept = await selectChoices(db, subscriptionId)
	return subscription && kept && { subscription, kept }
}

export async function toChoicesView(
	db: DatabaseOrTransaction,
	{ subscription, kept: { choices, version, pausedUntil, givenName } }: Found,
	{ digestId, now }: { digestId: number; now: Date },
): Promise<ChoicesView> {
	const topics = await listTopics({ db }, subscription.newsletterId)
	return {
		subscriptionId: subscription.id,
		subscriberId: subscription.subscriberId,
		digestId,
		newsletterId: subscription.newsletterId,
		newsletter: subscription.newsletter,
		locale: subscription.locale,
		maskedAddress: maskAddress(subscription.address),
		state: subscription.state,
		choices,
		version,
		topics: topics.filter(({ archivedAt }) => archivedAt === null),
		pausedUntil: pausedUntil && pausedUntil > now ? pausedUntil : null,
		givenName,
	}
}
