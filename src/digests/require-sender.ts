import { AppError, type FieldProblem } from '../kernel/app-error.ts'
import type { Newsletter } from '../newsletters/index.ts'
import type { RenderedNewsletter } from './render-digest.ts'

/**
 * The newsletter with what the law wants in each digest: a postal address and a way to reach the sender (CASL s. 6(2),
 * CAN-SPAM). Throws `conflict` naming what is missing.
 */
export function requireSender(newsletter: Newsletter): RenderedNewsletter {
	const { postalAddress, contact } = newsletter
	if (postalAddress && contact) return { ...newsletter, postalAddress, contact }
	const missing: Array<FieldProblem | false> = [
		!postalAddress && { field: 'postalAddress', message: 'errors.digest.needs_postal_address' },
		!contact && { field: 'contact', message: 'errors.digest.needs_contact' },
	]
	throw new AppError('conflict', 'errors.digest.needs_sender', {
		params: { slug: newsletter.slug },
		fields: missing.filter((problem) => problem !== false),
	})
}
