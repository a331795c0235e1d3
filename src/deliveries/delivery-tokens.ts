import { type Keys, signToken, verifyToken } from '../kernel/keys.ts'

export type DeliveryKey = { digestId: number; subscriptionId: number }

/**
 * The Message-ID of a delivery: the same for every try, even after keys have been rotated, so that a report can
 * name it.
 */
export function messageIdOf(keys: Keys, { digestId, subscriptionId }: DeliveryKey, domain: string): string {
	return `<${signToken(lasting(keys), 'message-id', [digestId, subscriptionId])}@${domain}>`
}

/** Undefined where we did not make the Message-ID. */
export function readMessageId(keys: Keys, messageId: string): DeliveryKey | undefined {
	const token = /^<?([^@<>]+)@[^@<>]+>?$/.exec(messageId.trim())?.[1] ?? ''
	return toKey(verifyToken(lasting(keys), 'message-id', token))
}

/**
 * The envelope sender of a delivery (VERP): at most 64 characters (RFC 5321 §4.5.3.1.1), and unharmed by
 * lower-casing.
 */
export function returnPathOf(keys: Keys, { digestId, subscriptionId }: DeliveryKey, domain: string): string {
	return returnPathWith(envelopeIdOf(keys, { digestId, subscriptionId }), domain)
}

export function returnPathWith(envelopeId: string, domain: string): string {
	return `bounces+${envelopeId}@${domain}`
}

/**
 * Undefined where we did not sign the address. Upper case, the tag of BATV (`prvs=…=`) and the wrapping of SRS are
 * seen through.
 */
export function readReturnPath(keys: Keys, address: string): DeliveryKey | undefined {
	const token = returnPath.exec(address.slice(0, 1_000))?.[1] ?? ''
	return toKey(verifyToken(keys, 'return-path', token.toLowerCase(), 'hex'))
}

const returnPath = /(?<![^=\s<])bounces\+([a-z\d]{1,8}(?:\.[a-z\d]{1,11}){2}\.[a-f\d]{32})(?=[@=>]|$)/i

/** The ENVID of a delivery (RFC 3461 §4.4), at most 100 characters that need no xtext. */
export function envelopeIdOf(keys: Keys, { digestId, subscriptionId }: DeliveryKey): string {
	return signToken(keys, 'return-path', [digestId, subscriptionId], 'hex')
}

/** Undefined where we did not sign the envelope id. */
export function readEnvelopeId(keys: Keys, envelopeId: string): DeliveryKey | undefined {
	return toKey(verifyToken(keys, 'return-path', envelopeId.trim().toLowerCase(), 'hex'))
}

/** The hashing key is never rotated. */
function lasting(keys: Keys): Keys {
	return { ...keys, signing: [{ id: 'm', mac: keys.hashing }] }
}

function toKey(values: number[] | undefined): DeliveryKey | undefined {
	const [digestId, subscriptionId] = values ?? []
	return digestId === undefined || subscriptionId === undefined ? undefined : { digestId, subscriptionId }
}
