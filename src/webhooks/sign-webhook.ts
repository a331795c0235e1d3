import { createHmac, randomBytes } from 'node:crypto'

const prefix = 'whsec_'

/** A new secret of an endpoint: `whsec_` and 256 bits in base64 (Standard Webhooks, "Signature scheme"). */
export function makeWebhookSecret(): string {
	return prefix + randomBytes(32).toString('base64')
}

/**
 * The headers of a message (Standard Webhooks): `webhook-signature` has one signature for each secret, so that a target may know
 * either while secrets change.
 */
export function signWebhook(
	{ id, at, body }: { id: string; at: Date; body: string },
	secrets: readonly string[],
): Record<string, string> {
	const timestamp = String(Math.floor(at.getTime() / 1_000))
	const signatures = secrets.map((secret) => {
		const key = Buffer.from(secret.slice(prefix.length), 'base64')
		return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`
	})
	return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') }
}
