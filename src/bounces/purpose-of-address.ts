import { readReturnPath } from '../deliveries/index.ts'
import type { Keys } from '../kernel/keys.ts'
import { isUnsubscribeAddress } from '../subscriptions/index.ts'

/** What an address of the bounce domain is for; undefined for one that we have not signed. */
export function purposeOfAddress(
	{ keys, config }: { keys: Keys; config: { bounceDomain: string | undefined } },
	address: string,
): 'return path' | 'unsubscribe' | undefined {
	const { bounceDomain = '' } = config
	const domain = address.slice(address.lastIndexOf('@') + 1)
	if (bounceDomain === '' || domain.toLowerCase() !== bounceDomain.toLowerCase()) return undefined
	if (readReturnPath(keys, address)) return 'return path'
	return isUnsubscribeAddress(keys, address) ? 'unsubscribe' : undefined
}
