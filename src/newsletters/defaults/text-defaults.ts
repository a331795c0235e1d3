/** What a newsletter's texts are where only its name is given. */
export type TextDefaults = {
	description: (name: string) => string
	subjectPattern: string
	preheaderPattern: string
	roundUpSubjectPattern: string
	consentWording: (name: string) => string
	/** What a preview shows in their place. */
	missingPostalAddress: string
	missingContact: string
}
