import { newsletterUrl } from '../digests/index.ts'
import type { HeaderFields } from '../kernel/mail.ts'
import type { Locale } from '../kernel/messages.ts'
import { listId, type Newsletter, textIn } from '../newsletters/index.ts'

export type HeaderConfig = { publicUrl: string; feedbackSenderId: string }

/**
 * The header fields that say what a digest is: RFC 2369, 2919, 3834, 8058 and Google's Feedback-ID. A test has no
 * `unsubscribeUrl`, for its link would do nothing.
 */
export function digestHeaders(
	config: HeaderConfig,
	newsletter: Newsletter,
	{
		locale,
		digestId,
		unsubscribeUrl,
		unsubscribeAddress,
	}: {
		locale: Locale
		digestId: number
		unsubscribeUrl: string | undefined
		unsubscribeAddress?: string | undefined
	},
): HeaderFields {
	const owner = newsletter.replyTo ?? newsletter.fromAddress
	const byMail = unsubscribeAddress ? [`<mailto:${unsubscribeAddress}?subject=unsubscribe>`] : []
	const leaving: HeaderFields = unsubscribeUrl
		? [
				// the leftmost is preferred (RFC 2369 §2)
				['List-Unsubscribe', [`<${unsubscribeUrl}>`, ...byMail].join(', ')],
				['List-Unsubscribe-Post', 'List-Unsubscribe=One-Click'],
			]
		: []
	return [
		['List-ID', `${textIn(newsletter, locale).name} <${listId(newsletter)}>`],
		...leaving,
		['List-Help', `<${newsletterUrl(config, newsletter.slug, locale)}>`],
		['List-Owner', `<mailto:${owner}>`],
		['List-Post', 'NO'],
		// campaign:customer:type:sender; Gmail wants the last to stay the same
		['Feedback-ID', `d${digestId}:${newsletter.slug}:digest:${config.feedbackSenderId}`],
		['Precedence', 'bulk'],
		['Auto-Submitted', 'auto-generated'],
	]
}
