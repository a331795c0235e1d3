import { AppError } from '../kernel/app-error.ts'
import type { Locale } from '../kernel/messages.ts'
import { type Newsletter, textDefaultsIn } from '../newsletters/index.ts'
import type { RenderedNewsletter } from './render-digest.ts'

/**
 * The newsletter with what the law wants in each digest: a postal address and a way to reach the sender (CASL s. 6(2),
 * CAN-SPAM). Throws `conflict` naming what is missing.
 */
export function requireSender(newsletter: Newsletter): RenderedNewsletter {
	const { postalAddress, contact } = newsletter
	if (postalAddress && contact) return { ...newsletter, postalAddress, contact }
	throw new AppError('conflict', 'errors.digest.needs_sender', {
		params: { slug: newsletter.slug },
		fields: missingDetails(newsletter).map((field) => ({ field, message: messages[field] })),
	})
}

/** What a newsletter lacks before a digest of it can be sent. */
export type MissingDetail = 'postalAddress' | 'contact'

const messages = {
	postalAddress: 'errors.digest.needs_postal_address',
	contact: 'errors.digest.needs_contact',
} as const satisfies Record<MissingDetail, string>

export function missingDetails(newsletter: Newsletter): MissingDetail[] {
	return (['postalAddress', 'contact'] as const).filter((detail) => !newsletter[detail])
}

/** For looking at it only: where something is missing, words in its place say so. */
export function withPlaceholders(newsletter: Newsletter, locale: Locale): RenderedNewsletter {
	const { missingPostalAddress, missingContact } = textDefaultsIn(locale)
	return {
		...newsletter,
		postalAddress: newsletter.postalAddress ?? missingPostalAddress,
		contact: newsletter.contact ?? missingContact,
	}
}
