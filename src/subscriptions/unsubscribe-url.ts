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

/** What a token of such an address says; undefined where it is forged, altered or for another purpose. */
export function readUnsubscribeToken(keys: Keys, token: string): Leaving | undefined {
	const [subscriptionId, digestId = 0] = verifyToken(keys, 'unsubscribe', token) ?? []
	return subscriptionId === undefined ? undefined : { subscriptionId, digestId }
}
