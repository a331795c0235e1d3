import { z } from 'zod'
import type { RecipientAction } from './report.ts'

const recipient = z.object({
	emailAddress: z.string().max(1_000),
	status: z.string().max(200).optional(),
	diagnosticCode: z.string().max(4_000).optional(),
})

/** docs.aws.amazon.com/ses, “Amazon SNS notification contents” and “Examples of event data”: what is read of it. */
const notification = z.object({
	notificationType: z.string().optional(),
	eventType: z.string().optional(),
	bounce: z
		.object({
			bounceType: z.string().default(''),
			bounceSubType: z.string().default(''),
			feedbackId: z.string().max(200).default(''),
			timestamp: z.string().max(40).optional(),
			bouncedRecipients: z.array(recipient).max(500),
		})
		.optional(),
	complaint: z
		.object({
			complainedRecipients: z.array(recipient).max(500),
			complaintFeedbackType: z.string().nullish(),
			feedbackId: z.string().max(200).default(''),
			timestamp: z.string().max(40).optional(),
		})
		.optional(),
	delivery: z
		.object({
			recipients: z.array(z.string().max(1_000)).max(500),
			timestamp: z.string().max(40).optional(),
		})
		.optional(),
	mail: z
		.object({
			messageId: z.string().max(1_000).default(''),
			source: z.string().max(1_000).default(''),
			headers: z
				.array(z.object({ name: z.string(), value: z.string() }))
				.max(2_000)
				.default([]),
		})
		.optional(),
})

/** A notification of Amazon SES: what happened to whom, and the header of the message that it is about. */
export type SesNotification = {
	action: RecipientAction
	recipients: Array<{ address: string; status: string; diagnostic: string }>
	/** `Permanent/General` and so on, for bounces. */
	bounceType: string
	feedbackType: string
	/** What tells a bounce or complaint from all others; '' where it is none. */
	feedbackId: string
	/** ISO 8601. */
	occurredAt: string | undefined
	/** The envelope sender of the message. */
	source: string
	headers: Array<readonly [name: string, value: string]>
}

/** Reads a notification that SNS sent by mail or to a web hook, with its envelope or without; undefined where the text is none. */
export function readSesNotification(text: string): SesNotification | undefined {
	const start = text.search(/\{\s*"/)
	if (start < 0 || !/(?:notificationType|eventType)\\?"\s*:/.test(text)) return undefined
	const parsed = notification.safeParse(withoutEnvelope(parseJson(text.slice(start))))
	if (!parsed.success) return undefined
	const { notificationType, eventType, bounce, complaint, delivery, mail } = parsed.data
	const type = (notificationType ?? eventType ?? '').toLowerCase()
	const common = {
		bounceType: '',
		feedbackType: '',
		feedbackId: bounce?.feedbackId ?? complaint?.feedbackId ?? '',
		occurredAt: (bounce ?? complaint ?? delivery)?.timestamp,
		source: mail?.source ?? '',
		headers: (mail?.headers ?? []).map(({ name, value }) => [name.toLowerCase(), value] as const),
	}
	if (type === 'bounce' && bounce) {
		const bounceType = `${bounce.bounceType}/${bounce.bounceSubType}`
		return { ...common, action: 'failed', bounceType, recipients: bounce.bouncedRecipients.map(toRecipient) }
	}
	if (type === 'complaint' && complaint) {
		const feedbackType = complaint.complaintFeedbackType || 'abuse'
		const recipients = complaint.complainedRecipients.map(toRecipient)
		return { ...common, action: 'complained', feedbackType, recipients }
	}
	if (type === 'delivery' && delivery) {
		const recipients = delivery.recipients.map((emailAddress) => toRecipient({ emailAddress }))
		return { ...common, action: 'delivered', recipients }
	}
	return undefined
}

function toRecipient({ emailAddress, status = '', diagnosticCode = '' }: z.infer<typeof recipient>) {
	return {
		address: emailAddress,
		status: /[245]\.\d{1,3}\.\d{1,3}/.exec(status)?.[0] ?? '',
		diagnostic: diagnosticCode.replace(/^[\w-]{1,40};\s*/, ''),
	}
}

/** Without “raw message delivery” SNS puts the notification as text into `Message` of an envelope of its own. */
function withoutEnvelope(value: unknown): unknown {
	const outer = envelope.safeParse(value)
	return outer.success ? parseJson(outer.data.Message) : value
}

const envelope = z.object({ Message: z.string().max(1_000_000) })

/**
 * SNS adds a text of its own below the JSON of a mail, sendmail breaks its one long line with `!`, others with a line end
 * alone, which JSON has in no text.
 */
function parseJson(text: string): unknown {
	const end = text.search(/\n-- ?\n/)
	const json = (end > 0 ? text.slice(0, end) : text).replace(/!\n ?/g, '')
	return tryJson(json) ?? tryJson(json.slice(0, json.lastIndexOf('}') + 1).replace(/\n/g, ''))
}

function tryJson(text: string): unknown {
	try {
		return JSON.parse(text)
	} catch {
		return undefined // looks like one and is none
	}
}
