import type { Generated } from 'kysely'
import type {
	WebhookDisabledWhy,
	WebhookEvent,
	WebhookMessageState,
	WebhookProblem,
} from '../enumerations.ts'

export type WebhookEndpointsTable = {
	id: Generated<number>
	url: string
	events: WebhookEvent[]
	/** Null: of all newsletters. */
	newsletter_ids: number[] | null
	with_address: boolean
	/** Sealed. */
	secret: string
	/** Sealed; signs too until `former_until`. */
	former_secret: string | null
	former_until: Date | null
	created_at: Date
	/** Since when nothing was taken; null while it is. */
	failing_since: Date | null
	disabled_at: Date | null
	disabled_why: WebhookDisabledWhy | null
}

/** Written by triggers, in the transaction of what it tells of. */
export type WebhookMessagesTable = {
	id: Generated<number>
	endpoint_id: number
	message_id: Generated<string>
	event: WebhookEvent
	newsletter_id: number
	subscription_id: number | null
	reader_id: number | null
	digest_id: number | null
	/** Why somebody is bounced out or erased; the state of a digest. */
	reason: string | null
	happened_at: Date
	state: Generated<WebhookMessageState>
	attempts: Generated<number>
	/** When it is to be sent; while it is being sent, when whoever does that is taken to have crashed. */
	due_at: Date
}

export type WebhookAttemptsTable = {
	id: Generated<number>
	message_id: number
	at: Date
	duration_ms: number
	status: number | null
	problem: WebhookProblem | null
}
