import type { FetchText } from '../../kernel/fetch-text.ts'
import type { ReportedEvent } from '../reported-event.ts'

/**
 * A provider that sends our mail on and tells by webhook what became of it: one file each, and its line in the
 * registry. Neither function has an effect; `receiveWebhook` stands around them.
 */
export type WebhookProvider = {
	/** As in `/webhooks/bounces/NAME` and `WEBHOOK_NAME_SECRET`: letters only. */
	name: string
	/** A key of the string catalogs that says what is wrong with a secret; undefined where nothing is. */
	findProblem(secret: string): string | undefined
	/**
	 * Tells whether a request is the provider's, and gives what it says. Throws a `malformed` AppError where what was
	 * signed can't be read.
	 */
	verify(request: WebhookRequest, secret: string, circumstances: Circumstances): Verified | Promise<Verified>
	/** What a genuine request reports. What is no bounce, complaint or delivery is left out. */
	toEvents(payload: unknown, receivedAt: Date): ReportedEvent[]
}

/** A request as it came in: signatures are made over its bytes. */
export type WebhookRequest = {
	body: Buffer
	header(name: string): string | undefined
}

export type Circumstances = {
	now: Date
	/** Reads a small text at an https address, without following redirects. */
	fetchText: FetchText
}

export type Verified =
	| { ok: false; reason: 'missing' | 'wrong' | 'old' }
	| {
			ok: true
			payload: unknown
			/** What may come once only, where the signature does not cover the body. */
			onceOnly?: string
			/** An address to be read: the provider asks whether its webhooks are wanted. */
			confirmAt?: string
	  }
