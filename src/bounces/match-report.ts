import type { DatabaseOrTransaction } from '../kernel/database.ts'
import { parseEmailAddress } from '../kernel/email-address.ts'
import { hashAddress, type Keys } from '../kernel/keys.ts'
import { type MatchedEvent, matchEvent } from './match-event.ts'
import type { ReportedEvent } from './reported-event.ts'
import { findRecipient } from './store/recipients.ts'

/**
 * Matches the events of one report. It is about one message, and a message of ours has one recipient: so one event gets the
 * delivery. Of several it is the one that names the subscriber, or, where mail went on to others (a list, an alias), the
 * one that speaks least against them: one dead address behind a list does not end it.
 */
export async function matchReport(
	{ db, keys }: { db: DatabaseOrTransaction; keys: Keys },
	events: readonly ReportedEvent[],
): Promise<MatchedEvent[]> {
	const [first] = events
	const delivery = first && matchEvent(keys, first.identifiers)
	if (!delivery) return events.map((event) => ({ event, delivery: undefined }))
	const reader = events.length > 1 ? (await findRecipient(db, delivery))?.reader : undefined
	const own = reader && events.find((event) => namesReader(keys, event, reader.addressHash))
	const chosen = own ?? events.find(({ hard }) => !hard) ?? first
	return events.map((event) => ({ event, delivery: event === chosen ? delivery : undefined }))
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
