import type { Locale } from '../../kernel/messages.ts'
import { en } from './en.ts'
import { fr } from './fr.ts'
import type { TextDefaults } from './text-defaults.ts'

/** The defaults of each language, a file each in this folder. */
export const textDefaults: Readonly<Record<Locale, TextDefaults>> = { en, fr }

/** The languages a newsletter can be in: those there are words for. */
export const newsletterLocales: readonly string[] = Object.keys(textDefaults)

/** Those of a language, English where there are none. */
export function textDefaultsIn(locale: Locale): TextDefaults {
	return textDefaults[locale] ?? en
}
