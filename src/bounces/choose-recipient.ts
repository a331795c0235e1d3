import type { DatabaseOrTransaction } from '../kernel/database.ts'
import { parseEmailAddress } from '../kernel/email-address.ts'
import { hashAddress, type Keys } from '../kernel/keys.ts'
import { matchEvent } from './match-event.ts'
import type { ReportedEvent } from './reported-event.ts'
import { findReader } from './store/recipients.ts'

/**
 * A message of ours has one recipient. Where a report on it names several, ours is the subscriber, or, where mail went on
 * to others (a list, an alias), whoever speaks least against them: one dead address behind a list does not end it.
 * The others lose what would tie them to the delivery.
 */
export async function chooseRecipient(
	{ db, keys }: { db: DatabaseOrTransaction; keys: Keys },
	events: readonly ReportedEvent[],
): Promise<ReportedEvent[]> {
	const [first] = events
	const delivery = first && events.length > 1 ? matchEvent(keys, first.identifiers) : undefined
	if (!delivery) return [...events]
	const reader = await findReader(db, delivery.subscriptionId)
	const own = reader && events.find((event) => namesReader(keys, event, reader.addressHash))
	const chosen = own ?? events.find(({ hard }) => !hard) ?? first
	return events.map((event) => (event === chosen ? event : { ...event, identifiers: {} }))
}

function namesReader(
	keys: Keys,
	{ address, identifiers: { originalRecipient, finalRecipient } }: ReportedEvent,
	addressHash: string,
): boolean {
	return [address, originalRecipient, finalRecipient].some((candidate = '') => {
		const parsed = parseEmailAddress(candidate)
		return parsed.ok && hashAddress(keys, parsed.address.comparable) === addressHash
	})
}
