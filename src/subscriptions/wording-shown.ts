import type { NewsletterText } from '../newsletters/index.ts'

/**
 * The consent as it was shown, for a receipt. Of a former version, which a pasted form or a page that stayed open may show, the
 * number is all we know; without one it is the present.
 */
export function wordingShown(
	{ consentWording, consentVersion }: Pick<NewsletterText, 'consentWording' | 'consentVersion'>,
	version = consentVersion,
): { wording: string | null; wordingVersion: number } {
	return { wording: version === consentVersion ? consentWording : null, wordingVersion: version }
}
