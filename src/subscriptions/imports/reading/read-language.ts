import { foldText } from '../../../kernel/fold-text.ts'

/** The names of languages that organisations write for, in those languages and in English and French (ISO 639-1). */
const names: Readonly<Record<string, readonly string[]>> = {
	en: ['english', 'anglais', 'eng'],
	fr: ['french', 'francais', 'francaise', 'fra', 'fre'],
	es: ['spanish', 'espagnol', 'espanol', 'spa'],
	de: ['german', 'allemand', 'deutsch', 'deu', 'ger'],
	it: ['italian', 'italien', 'italiano', 'ita'],
	pt: ['portuguese', 'portugais', 'portugues', 'por'],
	nl: ['dutch', 'neerlandais', 'nederlands', 'nld'],
	ar: ['arabic', 'arabe', 'ara', 'العربية'],
	sw: ['swahili', 'kiswahili', 'swa'],
	wo: ['wolof', 'wol'],
}
const byName = new Map(
	Object.entries(names).flatMap(([code, all]) => all.map((name) => [name, code] as const)),
)

/** The primary tag of a language as people write it: `fr`, `FR`, `fr-CA`, `fr_CA`, `French`, `français`. */
export function languageOf(text: string): string | undefined {
	const folded = foldText(text)
	const named = byName.get(folded.replace(/ *\(.*\)$/, ''))
	if (named) return named
	const tag = folded.match(/^([a-z]{2})(?:[-_][a-z0-9]{2,8})*$/)?.[1]
	return tag && tag in names ? tag : undefined
}
