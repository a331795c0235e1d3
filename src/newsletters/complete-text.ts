import { invalidField } from '../kernel/app-error.ts'
import type { Locale } from '../kernel/messages.ts'
import { textDefaults } from './defaults/index.ts'
import type { NewsletterText } from './newsletter.ts'
import type { NewsletterTextInput } from './newsletter-input.ts'
import { notInFromNames } from './not-in-from-names.ts'

/** The texts in a language: what is given, else what stood there, else the language's defaults. */
export function completeText(
	locale: Locale,
	given: Partial<NewsletterTextInput>,
	before: NewsletterText | undefined,
): NewsletterText {
	const defaults = textDefaults[locale]
	if (!defaults) throw new Error(`no defaults for texts in the language ${locale}`)
	const name = given.name ?? before?.name
	if (name === undefined) throw invalidField(`texts.${locale}.name`, 'errors.field.required')
	const consentWording = given.consentWording ?? before?.consentWording ?? defaults.consentWording(name)
	return {
		locale,
		name,
		description: given.description ?? before?.description ?? defaults.description(name),
		fromName: given.fromName ?? before?.fromName ?? (name.replace(notInFromNames, '').trim() || name),
		subjectPattern: given.subjectPattern ?? before?.subjectPattern ?? defaults.subjectPattern,
		preheaderPattern: given.preheaderPattern ?? before?.preheaderPattern ?? defaults.preheaderPattern,
		roundUpSubjectPattern:
			given.roundUpSubjectPattern ?? before?.roundUpSubjectPattern ?? defaults.roundUpSubjectPattern,
		consentWording,
		thankYouUrl: given.thankYouUrl === undefined ? (before?.thankYouUrl ?? null) : given.thankYouUrl,
		consentVersion: before ? before.consentVersion + Number(consentWording !== before.consentWording) : 1,
	}
}
