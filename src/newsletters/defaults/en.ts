import type { TextDefaults } from './text-defaults.ts'

export const en: TextDefaults = {
	description: (name) => `The latest stories of ${name}, by email.`,
	subjectPattern: '{name}: {title}',
	roundUpSubjectPattern: '{name}, the round-up: {title}',
	preheaderPattern: '{count, plural, one {{summary}} other {Also: {others}}}',
	consentWording: (name) =>
		`I agree to receive “${name}” by email. I can unsubscribe at any time with the link in each message.`,
	missingPostalAddress: '[The postal address is still missing.]',
	missingContact: '[A contact is still missing.]',
}
