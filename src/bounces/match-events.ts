import { addDays } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import { parseEmailAddress } from '../kernel/email-address.ts'
import { hashAddress, type Keys } from '../kernel/keys.ts'
import { type MatchedEvent, matchEvent, type ProvenDelivery } from './match-event.ts'
import type { ReportedEvent } from './reported-event.ts'
import { findLatestDeliveries } from './store/recipients.ts'

type Deps = { db: Database; keys: Keys }

/**
 * Matches events that are each about a message of its own, with one query for all of them. What we signed comes first; a
 * provider's word on an address goes before what only an unsubscribe link proves.
 */
export async function matchEvents(deps: Deps, events: readonly ReportedEvent[]): Promise<MatchedEvent[]> {
	const signed = events.map(({ identifiers }) => matchEvent(deps.keys, identifiers))
	const unsure = events.filter((_, at) => !signed[at] || signed[at].by === 'unsubscribe_url')
	const vouched = await findVouched(deps, unsure)
	return events.map((event, at) => ({ event, delivery: vouched.get(event) ?? signed[at] }))
}

/** How long after a digest a provider may still tell of it by the address alone. */
const vouchedDays = 30

/** A provider that signs what it says is believed without a token of ours, where we have mailed the address lately. */
async function findVouched(
	{ db, keys }: Deps,
	events: readonly ReportedEvent[],
): Promise<Map<ReportedEvent, ProvenDelivery>> {
	const asked = events.flatMap((event) => {
		const addressHash = vouchedAddress(keys, event)
		if (addressHash === undefined) return []
		const { occurredAt } = event
		return [{ event, addressHash, from: addDays(occurredAt, -vouchedDays), to: addDays(occurredAt, 1) }]
	})
	const found = await findLatestDeliveries(db, asked)
	const byPlace = new Map(found.map(({ at, ...delivery }) => [at, delivery]))
	return new Map(
		asked.flatMap(({ event }, at) => {
			const delivery = byPlace.get(at)
			return delivery ? [[event, { ...delivery, by: 'address' }]] : []
		}),
	)
}

function vouchedAddress(keys: Keys, { vouched, address }: ReportedEvent): string | undefined {
	const parsed = vouched && address ? parseEmailAddress(address) : undefined
	return parsed?.ok ? hashAddress(keys, parsed.address.comparable) : undefined
}
