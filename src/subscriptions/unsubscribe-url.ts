import { type Keys, signToken, verifyToken } from '../kernel/keys.ts'

type Leaving = { subscriptionId: number; digestId: number }

/**
 * The address that ends a subscription: in the header and in the body of mails. It is signed, not stored: it works as
 * long as the mail lies somewhere, through any number of key rotations. `digestId` is 0 in mails that are no digest.
 */
export function unsubscribeUrl(
	{ keys, config }: { keys: Keys; config: { publicUrl: string } },
	{ subscriptionId, digestId }: Leaving,
): string {
	return `${config.publicUrl}/unsubscribe/${signToken(keys, 'unsubscribe', [subscriptionId, digestId])}`
}

/** The mail address that does the same (RFC 2369 §3.2). Its token survives lower-casing. */
export function unsubscribeAddress(
	keys: Keys,
	{ subscriptionId, digestId }: Leaving,
	domain: string,
): string {
	return `unsubscribe+${signToken(keys, 'unsubscribe', [subscriptionId, digestId], 'hex')}@${domain}`
}

/** Whether such addresses keep within the 64 characters of a local part, whatever the numbers: a key's id must be short. */
export function hasRoomForAddress({ signing: [key] }: Keys): boolean {
	return key !== undefined && key.id.length <= 4
}

/** The token of such a mail address, ready to be read; undefined where the address has another form. */
export function unsubscribeTokenIn(address: string): string | undefined {
	return leavingAddress.exec(address.slice(0, 1_000))?.[1]?.toLowerCase()
}

const leavingAddress =
	/(?<![^=\s<:])unsubscribe\+([a-z\d]{1,8}(?:\.[a-z\d]{1,11}){2}\.[a-f\d]{32})(?=[@=>]|$)/i

/** Whether mail to an address ends a subscription: it has the form of an unsubscribe address, and we have signed it. */
export function isUnsubscribeAddress(keys: Keys, address: string): boolean {
	const token = unsubscribeTokenIn(address)
	return token !== undefined && readUnsubscribeToken(keys, token) !== undefined
}

/** What a token of either says; undefined where it is forged, altered or for another purpose. */
export function readUnsubscribeToken(keys: Keys, token: string): Leaving | undefined {
	const [subscriptionId, digestId = 0] =
		verifyToken(keys, 'unsubscribe', token) ?? verifyToken(keys, 'unsubscribe', token, 'hex') ?? []
	return subscriptionId === undefined ? undefined : { subscriptionId, digestId }
}

/** What a URI of a List-Unsubscribe field says, whether it opens a page or writes a mail; undefined where it isn't ours. */
export function readUnsubscribeUrl(keys: Keys, url: string): Leaving | undefined {
	const token = /\/unsubscribe\/([\w.-]{1,200})(?:[?#]|$)/.exec(url)?.[1] ?? unsubscribeTokenIn(url)
	return token === undefined ? undefined : readUnsubscribeToken(keys, token)
}
