import type { Locale } from '../../kernel/messages.ts'
import { en } from './en.ts'
import { fr } from './fr.ts'

/** What a newsletter's texts are where only its name is given. A language is a file in this folder. */
export type TextDefaults = {
	description: (name: string) => string
	subjectPattern: string
	preheaderPattern: string
	consentWording: (name: string) => string
}

export const textDefaults: Readonly<Record<Locale, TextDefaults>> = { en, fr }
