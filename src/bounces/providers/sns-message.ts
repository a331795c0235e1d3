import { createPublicKey, verify as verifySignature } from 'node:crypto'
import { z } from 'zod'
import type { FetchText } from '../../kernel/fetch-text.ts'
import { isFresh } from './is-fresh.ts'

/** A message of Amazon SNS over HTTPS, as far as its signature covers it. */
const snsMessage = z.object({
	Type: z.enum(['Notification', 'SubscriptionConfirmation', 'UnsubscribeConfirmation']),
	MessageId: z.string(),
	TopicArn: z.string(),
	Message: z.string(),
	Timestamp: z.string(),
	Subject: z.string().nullish(),
	Token: z.string().optional(),
	SubscribeURL: z.string().optional(),
	SignatureVersion: z.enum(['1', '2']),
	Signature: z.string(),
	SigningCertURL: z.string(),
})

export type SnsMessage = z.output<typeof snsMessage>

/** The message in a body; undefined where it is none, or has no signature of a kind that we know. */
export function readSnsMessage(payload: unknown): SnsMessage | undefined {
	return snsMessage.safeParse(payload).data
}

/** The time in a message is when it was published. SNS tries again for an hour at most, with the same signature. */
const oldestSeconds = 65 * 60

/** Whether a message can be one that SNS still sends. */
export function isRecent({ Timestamp }: SnsMessage, now: Date): boolean {
	return isFresh(new Date(Timestamp), now, oldestSeconds)
}

/**
 * Whether Amazon signed a message: with RSA and SHA-1 (version 1) or SHA-256 (version 2) by the certificate that it
 * names, which only Amazon's own hosts can give. Rejects where the certificate can't be had.
 * Source: docs.aws.amazon.com/sns/latest/dg, “Verifying the signatures of Amazon SNS messages”.
 */
export async function isSignedBySns(message: SnsMessage, fetchText: FetchText): Promise<boolean> {
	if (!isCertificateUrl(message.SigningCertURL)) return false
	const certificate = await fetchText(message.SigningCertURL)
	const hash = message.SignatureVersion === '2' ? 'sha256' : 'sha1'
	const signature = Buffer.from(message.Signature, 'base64')
	try {
		return verifySignature(hash, Buffer.from(textToSign(message)), createPublicKey(certificate), signature)
	} catch {
		return false // no certificate
	}
}

function isCertificateUrl(text: string): boolean {
	const url = snsUrl(text)
	return url !== undefined && /^\/[\w-]+\.pem$/.test(url.pathname) && url.search === ''
}

/** The address that confirms a subscription; undefined where following it would do anything else. */
export function confirmationUrl({ SubscribeURL = '', TopicArn, Token = '' }: SnsMessage): string | undefined {
	const url = snsUrl(SubscribeURL)
	const isMeant =
		url?.searchParams.get('Action') === 'ConfirmSubscription' &&
		url.searchParams.get('TopicArn') === TopicArn &&
		url.searchParams.get('Token') === Token
	return isMeant ? url.href : undefined
}

function snsUrl(text: string): URL | undefined {
	const url = URL.canParse(text) ? new URL(text) : undefined
	if (url?.protocol !== 'https:' || url.port !== '' || url.username !== '' || url.password !== '')
		return undefined
	return /^sns\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?$/.test(url.hostname) ? url : undefined
}

const notificationFields = ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'] as const
const confirmationFields = [
	'Message',
	'MessageId',
	'SubscribeURL',
	'Timestamp',
	'Token',
	'TopicArn',
	'Type',
] as const

/** Names and values, a line each, in the order of the names; a Subject that is not there is left out. */
function textToSign(message: SnsMessage): string {
	const names = message.Type === 'Notification' ? notificationFields : confirmationFields
	return names
		.filter((name) => message[name] !== undefined && message[name] !== null)
		.map((name) => `${name}\n${message[name]}\n`)
		.join('')
}
