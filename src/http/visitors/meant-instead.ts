import { displayAddress, parseEmailAddress } from '../../kernel/email-address.ts'
import { suggestDomain } from '../../subscriptions/index.ts'

type Typed = {
	email: string
	website?: string | undefined
	meant?: string | undefined
	asked?: string | undefined
}

/**
 * The address that a slip of the keys was probably meant to be, where the person has not been asked yet. It is found in
 * what was typed alone, so it is the same for every address, known or not; the second time the typed one is taken.
 */
export function meantInstead(body: Typed): string | undefined {
	if (body.website || body.meant || body.asked?.trim() === body.email.trim()) return undefined
	const typed = parseEmailAddress(body.email)
	const domain = typed.ok ? suggestDomain(typed.address.domain) : undefined
	return typed.ok && domain ? displayAddress({ ...typed.address, domain }) : undefined
}
