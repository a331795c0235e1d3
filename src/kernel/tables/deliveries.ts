import type { Generated } from 'kysely'
import type { DeliveryState } from '../enumerations.ts'
import type { Stamp } from './stamp.ts'

export type DeliveriesTable = {
	digest_id: number
	subscription_id: number
	rendition_id: number
	state: Generated<DeliveryState>
	due_at: Stamp
	attempts: Generated<number>
	worker: string | null
	lease_until: Date | null
	/** When it was first put off by a temporary refusal. */
	first_deferred_at: Date | null
	/** The relay's reply, or why nothing was sent. */
	reply: string | null
	/** The attempt whose refusal has become a bounce event. */
	refusal_recorded: number | null
	changed_at: Stamp
	/** The place of its provider among those of the digest; null in rows of older versions. */
	provider: number | null
}

/** Written by a trigger on `deliveries`: how many rows came into a state, less those that left it. */
export type DeliveryTalliesTable = {
	digest_id: number
	backend: number
	state: DeliveryState
	/** Why, where the state is `excluded`; else empty. */
	reason: string
	count: number
	progress_at: Date | null
}

/** The mail providers of a digest's readers, as it was planned. */
export type DigestProvidersTable = {
	digest_id: number
	/** From 1 on; 0: all others. */
	place: number
	/** Empty for the others. */
	name: string
	/** How many domains they are. */
	domains: number
	planned: number
}

/** As `DeliveryTalliesTable`, for each provider; what is still to go is not counted, it is the rest. */
export type ProviderTalliesTable = {
	digest_id: number
	backend: number
	provider: number
	state: DeliveryState
	count: number
}
