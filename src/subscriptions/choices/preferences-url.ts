import { type Keys, signToken, verifyToken } from '../../kernel/keys.ts'

type Link = { subscriptionId: number; digestId: number }

/**
 * The address of the page where a reader decides what they get. Signed, not stored, as the unsubscribe link is: it works as
 * long as the mail lies somewhere. `digestId` is 0 where no digest led to it.
 */
export function preferencesUrl(
	{ keys, config }: { keys: Keys; config: { publicUrl: string } },
	{ subscriptionId, digestId }: Link,
): string {
	return `${config.publicUrl}/preferences/${signToken(keys, 'preferences', [subscriptionId, digestId])}`
}

/** What the token of such an address says; undefined where it is forged, altered or for another purpose. */
export function readPreferencesToken(keys: Keys, token: string): Link | undefined {
	const [subscriptionId, digestId = 0] = verifyToken(keys, 'preferences', token) ?? []
	return subscriptionId === undefined ? undefined : { subscriptionId, digestId }
}
