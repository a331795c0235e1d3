import type { Digest, DraftTexts } from '../../../digests/index.ts'
import type { Locale, Messages } from '../../../kernel/messages.ts'
import { type Newsletter, zoneOf } from '../../../newsletters/index.ts'
import { speakTimes } from '../speak-times.ts'

/** What the correction of a digest begins with, in each language that the digest went out in. */
export function correctionTexts(
	messages: Messages,
	newsletter: Newsletter,
	{ renditions, createdAt }: Digest,
): Pick<DraftTexts, 'subject' | 'introduction'> {
	const subjects = new Map(
		newsletter.texts.flatMap(({ locale }) => {
			const own = renditions.find((rendition) => rendition.locale === locale)
			return own ? [[locale, own.subject] as const] : []
		}),
	)
	const each = (write: (locale: Locale, subject: string) => string) =>
		Object.fromEntries([...subjects].map(([locale, subject]) => [locale, write(locale, subject)]))
	return {
		subject: each((locale, subject) => {
			// what is a correction already is not called one twice; mails have plain spaces in their subjects
			const mark = messages.text(locale, 'console.correction.subject', { subject: '' })
			if (subject.replace(/\s/g, ' ').startsWith(mark.replace(/\s/g, ' '))) return subject
			return messages.text(locale, 'console.correction.subject', { subject })
		}),
		introduction: each((locale, subject) => {
			const day = speakTimes(messages, locale, zoneOf(newsletter)).day(createdAt)
			return messages.text(locale, 'console.correction.introduction', { day, subject: withoutMarks(subject) })
		}),
	}
}

/** What Markdown would take for a mark stands as it is. */
function withoutMarks(text: string): string {
	return text.replace(/[\\`*_[\]<>]/g, '\\$&')
}
