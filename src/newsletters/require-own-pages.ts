import { AppError } from '../kernel/app-error.ts'
import type { Newsletter } from './newsletter.ts'

/** Throws `invalid` where a page to thank on is on none of the newsletter's sites: a form leads to those alone. */
export function requireOwnPages({ sites, texts }: Pick<Newsletter, 'sites' | 'texts'>): void {
	const origins = sites.map((site) => new URL(site).origin)
	const fields = texts
		.filter(({ thankYouUrl }) => thankYouUrl !== null && !origins.includes(new URL(thankYouUrl).origin))
		.map(({ locale, thankYouUrl }) => ({
			field: `texts.${locale}.thankYouUrl`,
			message: origins.length > 0 ? 'errors.newsletter.thank_you' : 'errors.newsletter.thank_you_no_sites',
			params: { sites: origins.join(', '), host: new URL(thankYouUrl ?? '').origin },
		}))
	if (fields.length > 0) throw new AppError('invalid', 'errors.invalid', { fields })
}
