import type { BounceClass, BounceEventKind, EventEffect, RecordOutcome } from '../kernel/enumerations.ts'

/**
 * What a report says of one recipient, whichever way it came: as `recordEvents` takes it. Nothing in it is believed for
 * itself: whom it is about is told by `identifiers` that we signed.
 */
export type ReportedEvent = {
	/** How it came: the relay's reply, mail to our return path, a mailbox, a replay by staff, a provider's webhook. */
	via: 'smtp' | 'inbound' | 'imap' | 'replay' | `webhook:${string}`
	/** The same for the same event, however often it comes; unique over all ways, so it begins with the way's name. */
	externalId: string
	/** A notice of delay is no event; `delivered` proves that the address takes mail. */
	kind: BounceEventKind
	class: BounceClass
	/** Whether it is proven that the address itself is dead. */
	hard: boolean
	/** Enhanced status code (RFC 3463), SMTP reply code and the words that came with them; '' where unsaid. */
	status: string
	reply: string
	diagnostic: string
	/** The recipient as reported, where it is. */
	address?: string | undefined
	identifiers: EventIdentifiers
	/**
	 * Whether the reporter has proven to be the provider that sends our mail (a webhook whose signature was checked).
	 * Then the address alone is enough, where we have mailed it lately.
	 */
	vouched?: boolean | undefined
	occurredAt: Date
	/** The report as it came, to be kept for a while. Events of one report give the same. */
	raw?: string | Uint8Array | undefined
}

/** What may tie an event to a delivery, as it was found in the report; of several candidates any one may be genuine. */
export type EventIdentifiers = {
	/** Addresses that may be our return path: where the report was sent to, or what a provider calls the envelope sender. */
	returnPath?: OneOrMore
	/** The same in the header of the returned message (Return-Path), as it stands in the reader's copy too. */
	returnedPath?: OneOrMore
	/** Our ENVID (RFC 3461 §4.4), as the report gives it. */
	envelopeId?: OneOrMore
	/** The Message-ID of the message that we sent, with or without angle brackets. */
	messageId?: OneOrMore
	/** The URIs of its List-Unsubscribe field. */
	unsubscribeUrl?: OneOrMore
	/** Recipients as the report gives them (RFC 3464 §2.3.1, §2.3.2): they prove nothing. */
	originalRecipient?: string | undefined
	finalRecipient?: string | undefined
}

export type OneOrMore = string | readonly string[] | undefined

/**
 * What became of an event. `known`: it was recorded before. `unmatched`: recorded, but nothing in it proves that it is
 * about mail of ours, so nothing follows from it.
 */
export type RecordResult = {
	externalId: string
	kind: RecordOutcome
	/** What followed from it now. */
	effect: EventEffect
}
