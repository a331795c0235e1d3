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
