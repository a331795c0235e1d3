import type { TextDefaults } from './text-defaults.ts'

export const fr: TextDefaults = {
	description: (name) => `Les derniers articles de «\u00a0${name}\u00a0», par courriel.`,
	subjectPattern: '{name}\u00a0: {title}',
	roundUpSubjectPattern: '{name}, le récapitulatif\u00a0: {title}',
	preheaderPattern: '{count, plural, one {{summary}} other {Aussi\u00a0: {others}}}',
	consentWording: (name) =>
		`J’accepte de recevoir «\u00a0${name}\u00a0» par courriel. Je peux me désabonner à tout moment grâce au lien présent dans chaque message.`,
	missingPostalAddress: '[L’adresse postale manque encore.]',
	missingContact: '[Le contact manque encore.]',
}
