import { type DeliveryKey, readEnvelopeId, readMessageId, readReturnPath } from '../deliveries/index.ts'
import type { Proof } from '../kernel/enumerations.ts'
import type { Keys } from '../kernel/keys.ts'
import { readUnsubscribeUrl } from '../subscriptions/index.ts'
import type { EventIdentifiers, OneOrMore, ReportedEvent } from './reported-event.ts'

/** A delivery, and how it is known. `digestId` is 0 where only the subscription is: mail that was no digest. */
export type ProvenDelivery = DeliveryKey & { by: Proof }

/** An event with the delivery that it is proven to be about, where there is one. */
export type MatchedEvent = { event: ReportedEvent; delivery: ProvenDelivery | undefined }

/**
 * Finds the delivery that an event is about, by what we signed in the message that it speaks of (mail-rules S5): a
 * forged, foreign or altered token is none. Of several candidates the first genuine one counts; the recipients that a
 * report names prove nothing, so mail that was forwarded is still found.
 */
export function matchEvent(keys: Keys, identifiers: EventIdentifiers): ProvenDelivery | undefined {
	return (
		firstOf('return_path', identifiers.returnPath, (text) => readReturnPath(keys, text)) ??
		firstOf('envelope_id', identifiers.envelopeId, (text) => readEnvelopeId(keys, decodeXtext(text))) ??
		firstOf('returned_path', identifiers.returnedPath, (text) => readReturnPath(keys, text)) ??
		firstOf('message_id', identifiers.messageId, (text) => readMessageId(keys, text)) ??
		firstOf('unsubscribe_url', identifiers.unsubscribeUrl, (text) => readUnsubscribeUrl(keys, text))
	)
}

function firstOf(
	by: Proof,
	candidates: OneOrMore,
	read: (text: string) => DeliveryKey | undefined,
): ProvenDelivery | undefined {
	for (const candidate of [candidates ?? []].flat().slice(0, 50)) {
		const found = read(candidate)
		if (found) return { ...found, by }
	}
	return undefined
}

/** RFC 3461 §4: `+2B` for a plus sign. */
function decodeXtext(text: string): string {
	return text.replace(/\+([\dA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}
