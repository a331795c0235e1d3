import { z } from 'zod'
import { HeaderFields, readSesNotification, type SesNotification } from '../../returned-mail/index.ts'
import type { EventIdentifiers, ReportedEvent } from '../reported-event.ts'
import { eachOf } from './each-of.ts'
import { type Category, deadAddress, heldBack, saysNothing, soft } from './judge-refusal.ts'
import { parseJson } from './parse-json.ts'
import type { Circumstances, Verified, WebhookProvider, WebhookRequest } from './provider.ts'
import { confirmationUrl, isRecent, isSignedBySns, readSnsMessage } from './sns-message.ts'
import { bounceEvent, complaintEvent, deliveredEvent, occurrence } from './webhook-event.ts'

/**
 * Amazon SES: its notifications and published events, which SNS brings and signs. Anybody can have SNS sign messages
 * of a topic of their own, so the setting lists the topics (their ARNs) that are believed; their subscriptions are
 * confirmed by themselves.
 * Source: docs.aws.amazon.com/ses/latest/dg, “Amazon SNS notification contents” and “event publishing”.
 */
export const amazonSes: WebhookProvider = {
	name: 'ses',
	findProblem: (secret) =>
		topicsOf(secret).length > 0 && topicsOf(secret).every((topic) => topicArn.test(topic))
			? undefined
			: 'errors.webhook.setting.ses',
	verify,
	toEvents,
}

const topicArn = /^arn:aws(?:-cn|-us-gov)?:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}(?:\.fifo)?$/

function topicsOf(secret: string): string[] {
	return secret.split(/[\s,]+/).filter(Boolean)
}

async function verify(
	{ body }: WebhookRequest,
	secret: string,
	{ now, fetchText }: Circumstances,
): Promise<Verified> {
	const message = readSnsMessage(parseJson(body))
	if (!message) return { ok: false, reason: 'missing' }
	if (!topicsOf(secret).includes(message.TopicArn)) return { ok: false, reason: 'wrong' }
	if (!isRecent(message, now)) return { ok: false, reason: 'old' }
	if (!(await isSignedBySns(message, fetchText))) return { ok: false, reason: 'wrong' }
	if (message.Type !== 'SubscriptionConfirmation') return { ok: true, payload: message }
	const confirmAt = confirmationUrl(message)
	return confirmAt ? { ok: true, payload: message, confirmAt } : { ok: false, reason: 'wrong' }
}

function toEvents(payload: unknown, receivedAt: Date): ReportedEvent[] {
	return eachOf(payload, published, ({ Type, Message, MessageId }) => {
		const notification = Type === 'Notification' ? readSesNotification(Message) : undefined
		// a complaint that is taken back
		if (!notification || notification.feedbackType === 'not-spam') return undefined
		return eventsOf(notification, { Message, MessageId }, receivedAt)
	})
}

const published = z.object({ Type: z.string(), Message: z.string(), MessageId: z.string() })

function eventsOf(
	notification: SesNotification,
	{ Message, MessageId }: { Message: string; MessageId: string },
	receivedAt: Date,
): ReportedEvent[] {
	return notification.recipients.flatMap(({ address, ...said }) => {
		const sighting = {
			provider: amazonSes.name,
			id: [notification.feedbackId || MessageId, address],
			address,
			identifiers: identifiersOf(notification),
			occurredAt: occurrence(notification.occurredAt, receivedAt),
			raw: Message,
		}
		if (notification.action === 'delivered') return [deliveredEvent(sighting)]
		if (notification.action === 'complained') return [complaintEvent(sighting)]
		const isReport = said.diagnostic !== '' || said.status !== ''
		const category = categoryOf(notification.bounceType, isReport)
		return category ? [bounceEvent(sighting, said, category)] : []
	})
}

const categories: ReadonlyMap<string, Category> = new Map([
	['Permanent/NoEmail', deadAddress],
	['Permanent/Suppressed', heldBack],
	['Permanent/OnAccountSuppressionList', heldBack],
	['Transient/General', soft('temporary')],
	['Transient/MailboxFull', soft('mailbox-full')],
	['Transient/MessageTooLarge', soft('content')],
	['Transient/ContentRejected', soft('content')],
	['Transient/AttachmentRejected', soft('content')],
])

/** SES calls an automatic reply `Transient/General` too; then no server has said anything. */
function categoryOf(bounceType: string, isReport: boolean): Category | undefined {
	if (bounceType === 'Transient/General' && !isReport) return undefined
	return categories.get(bounceType) ?? saysNothing
}

/** The envelope sender, and what the header of our message says where the notification has it. */
function identifiersOf({ headers, source }: SesNotification): EventIdentifiers {
	const fields = new HeaderFields(headers)
	return {
		returnPath: source,
		messageId: fields.all('message-id'),
		unsubscribeUrl: /<(https?:[^<>\s]{1,1000})>/.exec(fields.first('list-unsubscribe'))?.[1],
	}
}
