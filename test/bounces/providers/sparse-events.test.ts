import { expect, it } from 'vitest'
import { amazonSes } from '../../../src/bounces/providers/amazon-ses.ts'
import { brevo } from '../../../src/bounces/providers/brevo.ts'
import { generic } from '../../../src/bounces/providers/generic.ts'
import { mailgun } from '../../../src/bounces/providers/mailgun.ts'
import { mailjet } from '../../../src/bounces/providers/mailjet.ts'
import { postmark } from '../../../src/bounces/providers/postmark.ts'
import { webhookProviders } from '../../../src/bounces/providers/registry.ts'
import { sendgrid } from '../../../src/bounces/providers/sendgrid.ts'
import { sparkpost } from '../../../src/bounces/providers/sparkpost.ts'
import { now } from './webhook-request.ts'

const address = 'amina@example.net'
const Message = JSON.stringify({
	notificationType: 'Bounce',
	bounce: { bounceType: 'Permanent', bouncedRecipients: [{ emailAddress: address }] },
})

/** No more than a provider can leave out. */
const sparse = new Map<unknown, unknown>([
	[amazonSes, { Type: 'Notification', MessageId: 'n1', Message }],
	[brevo, { event: 'hard_bounce', email: address }],
	[generic, { events: [{ id: '1', type: 'bounce', address }] }],
	[mailgun, { event: 'failed', recipient: address }],
	[mailjet, { event: 'bounce', email: address }],
	[postmark, { RecordType: 'Bounce', Type: 'HardBounce', Email: address }],
	[sendgrid, { event: 'bounce', email: address }],
	[sparkpost, [{ msys: { message_event: { type: 'bounce', rcpt_to: address } } }]],
])

it.each(webhookProviders.map((provider) => [provider.name, provider] as const))(
	'An event of %s that says next to nothing is a bounce that proves nothing, now',
	(name, provider) => {
		expect(provider.toEvents(sparse.get(provider), now)).toMatchObject([
			{
				via: `webhook:${name}`,
				kind: 'bounce',
				class: 'unknown',
				hard: false,
				address,
				diagnostic: '',
				occurredAt: now,
			},
		])
	},
)

it('An event is not lost for parts of it that are null', () => {
	const names =
		'reason status timestamp type smtp-id sg_event_id id severity delivery-status message envelope reject user-variables message-id ts_epoch X-Mailin-custom time error comment CustomID Payload MessageID Message_GUID ID Details BouncedAt Metadata bounce_class raw_reason error_code rcpt_meta event_id msg_from'
	const nulls = Object.fromEntries(names.split(' ').map((name) => [name, null]))
	for (const provider of [brevo, mailgun, mailjet, postmark, sendgrid]) {
		const payload = { ...nulls, ...(sparse.get(provider) as object) }
		expect([provider.name, provider.toEvents(payload, now).length]).toEqual([provider.name, 1])
	}
	const message_event = { ...nulls, type: 'bounce', rcpt_to: address }
	expect(sparkpost.toEvents([{ msys: { message_event } }], now)).toHaveLength(1)
})

it.each(webhookProviders.map((provider) => [provider.name, provider] as const))(
	'Whatever %s may be said to have sent, it ends in events, or in a refusal',
	(_, provider) => {
		const oddities = [
			null,
			0,
			'x',
			[],
			{},
			[[]],
			[null],
			{ msys: null },
			{ events: null },
			{ Message: 5 },
			[{ msys: {} }],
		]
		for (const payload of oddities) {
			try {
				expect(provider.toEvents(payload, now)).toEqual([])
			} catch (error) {
				expect(error).toMatchObject({ name: 'AppError' })
			}
		}
	},
)
