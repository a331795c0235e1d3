import { createHmac } from 'node:crypto'
import { z } from 'zod'
import { AppError } from '../../kernel/app-error.ts'
import type { ReportedEvent } from '../reported-event.ts'
import { eachOf } from './each-of.ts'
import { equalSecrets } from './equal-secrets.ts'
import { isFresh, timeOfSeconds } from './is-fresh.ts'
import { type Category, heldBack, saysNothing, soft } from './judge-refusal.ts'
import { looseNumber, looseText } from './loose.ts'
import { eventOfForm, readForm } from './mailgun-form.ts'
import { linkInMetadata } from './metadata.ts'
import { parseJson } from './parse-json.ts'
import type { Circumstances, Verified, WebhookProvider, WebhookRequest } from './provider.ts'
import { bounceEvent, complaintEvent, deliveredEvent, occurrence } from './webhook-event.ts'

/**
 * Mailgun: HMAC-SHA-256 over timestamp and token, which stand in the body. It does not cover what the body says, so a
 * token is believed once. The secret is the HTTP webhook signing key of the account.
 * Source: documentation.mailgun.com/docs/mailgun/user-manual/webhooks, “Securing Webhooks”, “Webhook Payloads” and
 * “Webhook Retries”.
 */
export const mailgun: WebhookProvider = {
	name: 'mailgun',
	findProblem: (secret) => (/^[!-~]{16,}$/.test(secret) ? undefined : 'errors.webhook.setting.mailgun'),
	verify,
	toEvents,
}

/** Retries go on for 8 hours and carry the first signature; the token is remembered for longer. */
const oldestSeconds = 9 * 3_600

const signed = z.object({
	signature: z.object({
		timestamp: z.coerce.string().max(20),
		token: z.string().min(1).max(200),
		signature: z.string().max(200),
	}),
	'event-data': z.unknown().optional(),
})

async function verify(request: WebhookRequest, secret: string, { now }: Circumstances): Promise<Verified> {
	const parsed = signed.safeParse(await readPayload(request))
	if (!parsed.success) return { ok: false, reason: 'missing' }
	const { timestamp, token, signature } = parsed.data.signature
	const expected = createHmac('sha256', secret)
		.update(timestamp + token)
		.digest('hex')
	if (!equalSecrets(signature.toLowerCase(), expected)) return { ok: false, reason: 'wrong' }
	if (!isFresh(timeOfSeconds(timestamp), now, oldestSeconds)) return { ok: false, reason: 'old' }
	return { ok: true, payload: parsed.data['event-data'], onceOnly: token }
}

async function readPayload({ body, header }: WebhookRequest): Promise<unknown> {
	const type = header('content-type') ?? ''
	if (!/^(?:multipart\/form-data|application\/x-www-form-urlencoded)\b/i.test(type)) return parseJson(body)
	try {
		return eventOfForm(await readForm(body, type))
	} catch (cause) {
		throw new AppError('malformed', 'errors.body.malformed', { cause })
	}
}

const text = z.string().max(10_000).catch('')

const event = z.object({
	event: z.string(),
	id: text,
	timestamp: looseNumber,
	recipient: z.string().max(1_000),
	severity: looseText,
	reason: looseText,
	'delivery-status': z
		.object({
			code: z.coerce.number().catch(0),
			message: text,
			description: text,
			'enhanced-code': text,
		})
		.catch({ code: 0, message: '', description: '', 'enhanced-code': '' }),
	reject: z.object({ reason: looseText }).optional().catch(undefined),
	envelope: z.object({ sender: looseText }).optional().catch(undefined),
	message: z
		.object({ headers: z.object({ 'message-id': looseText }) })
		.optional()
		.catch(undefined),
	'user-variables': z.unknown().optional(),
})

type Event = z.output<typeof event>

const reasons: ReadonlyMap<string, Category> = new Map([
	['bounce', saysNothing],
	['generic', saysNothing],
	['old', soft('temporary')],
	['espblock', soft('sender')],
	['greylisted', soft('temporary')],
	['suppress-bounce', heldBack],
])

function toEvents(payload: unknown, receivedAt: Date): ReportedEvent[] {
	return eachOf(payload, event, (item, raw) => {
		const sighting = {
			provider: mailgun.name,
			// an id is unique within a day
			id: [item.id, item.timestamp ?? 0, item.recipient],
			address: item.recipient,
			identifiers: {
				messageId: item.message?.headers['message-id'],
				returnPath: item.envelope?.sender,
				unsubscribeUrl: linkInMetadata(item['user-variables']),
			},
			occurredAt: occurrence(item.timestamp, receivedAt),
			raw,
		}
		if (item.event === 'delivered') return deliveredEvent(sighting)
		if (item.event === 'complained' || item.reason === 'suppress-complaint') return complaintEvent(sighting)
		const category = categoryOf(item)
		return category && bounceEvent(sighting, saidOf(item), category)
	})
}

/** A temporary failure is a notice of delay: Mailgun tries again. */
function categoryOf(item: Event): Category | undefined {
	if (item.event === 'rejected') return soft('sender')
	if (item.event !== 'failed' || item.severity === 'temporary') return undefined
	if (item.reason === 'suppress-unsubscribe') return undefined
	if (item['delivery-status'].code === 605) return heldBack
	return reasons.get(item.reason ?? '') ?? saysNothing
}

function saidOf({ reject, 'delivery-status': { code, message, description, ...rest } }: Event) {
	const words = message || description || reject?.reason || ''
	// 498, 499 and 6xx are Mailgun's own and no reply of a server
	const isReply = code >= 400 && code < 600 && code !== 498 && code !== 499
	return {
		diagnostic: isReply && !words.startsWith(String(code)) ? `${code} ${words}` : words,
		status: rest['enhanced-code'],
	}
}
