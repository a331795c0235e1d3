import { type Keys, signToken, verifyToken } from '../kernel/keys.ts'

/** Which delivery a message is. */
export type DeliveryKey = { digestId: number; subscriptionId: number }

/**
 * The Message-ID of a delivery: the same for every try and for a resend, whatever keys are rotated meanwhile, and
 * recognisable in a report that comes back.
 */
export function messageIdOf(keys: Keys, { digestId, subscriptionId }: DeliveryKey, domain: string): string {
	return `<${signToken(lasting(keys), 'message-id', [digestId, subscriptionId])}@${domain}>`
}

/** The delivery that a Message-ID names; undefined where we did not make it. */
export function readMessageId(keys: Keys, messageId: string): DeliveryKey | undefined {
	const token = /^<?([^@<>]+)@[^@<>]+>?$/.exec(messageId.trim())?.[1] ?? ''
	return toKey(verifyToken(lasting(keys), 'message-id', token))
}

/** The envelope sender of a delivery (VERP): at most 64 characters, and it survives lower-casing (mail-rules S5). */
export function returnPathOf(keys: Keys, { digestId, subscriptionId }: DeliveryKey, domain: string): string {
	return `bounces+${signToken(keys, 'return-path', [digestId, subscriptionId], 'hex')}@${domain}`
}

/** The hashing key is never rotated. */
function lasting(keys: Keys): Keys {
	return { hashing: keys.hashing, signing: [{ id: 'm', secret: keys.hashing }] }
}

function toKey(values: number[] | undefined): DeliveryKey | undefined {
	const [digestId, subscriptionId] = values ?? []
	return digestId === undefined || subscriptionId === undefined ? undefined : { digestId, subscriptionId }
}
