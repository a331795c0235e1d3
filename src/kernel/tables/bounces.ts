import type { ColumnType, Generated, JSONColumnType } from 'kysely'
import type { BounceClass, BounceEventKind, EventEffect, Proof, StoredReportKind } from '../enumerations.ts'

export type BounceReportsTable = {
	id: Generated<number>
	via: string
	content_hash: string
	raw: Buffer
	received_at: Date
	/** What it was read as; null while it waits to be read. */
	kind: StoredReportKind | null
	attempts: Generated<number>
}

export type BounceEventsTable = {
	id: Generated<number>
	external_id: string
	report_id: number | null
	via: string
	kind: BounceEventKind
	class: BounceClass
	hard: boolean
	status: string
	reply: string
	/** Without addresses. */
	diagnostic: string
	/** Which proof tied it to a delivery; null where there was none. */
	matched_by: Proof | null
	digest_id: number | null
	subscription_id: number | null
	/** Of the digest or the subscription; null where there is neither. */
	newsletter_id: ColumnType<number | null, number | null | undefined, number | null>
	address_hash: string | null
	domain: string | null
	effect: Generated<EventEffect>
	occurred_at: Date
	recorded_at: Date
}

export type BounceAlertsTable = {
	id: Generated<number>
	alert_key: string
	digest_id: number | null
	relay: string | null
	reason: string | null
	events: number
	/** Of how many deliveries, where it is about a digest. */
	planned: number | null
	classes: JSONColumnType<Record<string, number>>
	domains: JSONColumnType<Record<string, number>>
	/** From how many networks, where it is of sign-ups. */
	networks: number | null
	raised_at: Date
	updated_at: Date
	/** When something was paused because of it. */
	held_at: Date | null
	closed_at: Date | null
}

export type WebhookReceiptsTable = {
	receipt_hash: string
	received_at: Date
	/** When its events were recorded. */
	done_at: Date | null
}
