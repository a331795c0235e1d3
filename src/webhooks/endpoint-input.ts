import { z } from 'zod'
import { webhookEvents } from '../kernel/enumerations.ts'

const fields = {
	url: z.string().trim().min(1).max(2_000).meta({
		description: 'Where it is told of them by POST; https, and on the public internet.',
		example: 'https://crm.example.org/envoi',
	}),
	events: z
		.array(z.enum(webhookEvents), 'errors.webhook.no_events')
		.min(1, 'errors.webhook.no_events')
		.transform((named) => webhookEvents.filter((event) => named.includes(event)))
		.meta({ description: 'What it is told of.', example: ['subscriber.subscribed', 'subscriber.left'] }),
	newsletters: z
		.array(z.string().max(50))
		.min(1)
		.max(200)
		.nullable()
		.meta({ description: 'Slugs of those whose events it is told; null for all.', example: ['news'] }),
	withAddress: z.boolean().meta({
		description: 'Whether it is told readers’ addresses, which are personal data; no where nothing is said.',
	}),
}

/** What an endpoint is made from. */
export const webhookEndpointInput = z
	.strictObject({
		...fields,
		newsletters: fields.newsletters.default(null),
		withAddress: fields.withAddress.default(false),
	})
	.meta({ id: 'WebhookEndpointInput' })

/** What may change of one: whatever is not given stays as it is. */
export const webhookEndpointChanges = z
	.strictObject({
		...fields,
		disabled: z.boolean().meta({
			description: 'Whether it is told nothing. What happens meanwhile it is never told; what was due waits.',
		}),
	})
	.partial()
	.meta({ id: 'WebhookEndpointChanges' })

export type WebhookEndpointInput = z.output<typeof webhookEndpointInput>
export type WebhookEndpointChanges = z.output<typeof webhookEndpointChanges>
