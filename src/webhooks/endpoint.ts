import type { WebhookDisabledWhy, WebhookEvent } from '../kernel/enumerations.ts'

/** An address of another program that is told of what happens. Its secret is shown once, when it is made. */
export type WebhookEndpoint = {
	id: number
	url: string
	events: readonly WebhookEvent[]
	/** The slugs of those whose events it is told; null: of all, those to come too. */
	newsletters: readonly string[] | null
	/** Whether it is told readers' addresses: personal data. */
	withAddress: boolean
	createdAt: Date
	/** Since when it has taken nothing; null while it does. */
	failingSince: Date | null
	disabledAt: Date | null
	disabledWhy: WebhookDisabledWhy | null
	/** Until when the secret before the present one signs as well. */
	formerUntil: Date | null
}
