/** Why a text is not taken as a given name. */
export type GivenNameProblem = 'too_long' | 'characters' | 'link' | 'no_letter'

/** `name` is null where nothing was typed. */
export type ParsedGivenName = { ok: true; name: string | null } | { ok: false; problem: GivenNameProblem }

/** In code points. */
export const longestGivenName = 60

/**
 * Reads a given name as it was typed: NFC, trimmed, inner white space collapsed. It stands in mails that carry the organisation's
 * name, so nothing is taken that shows as something else than a name: no markup, no line breaks, nothing invisible or that turns
 * the direction of what follows, nothing that mail programs make a link of.
 */
export function parseGivenName(typed: string): ParsedGivenName {
	const trimmed = typed.trim()
	// whatever NFC makes of it is not shorter than this
	if (trimmed.length > longestGivenName * 20) return { ok: false, problem: 'too_long' }
	const name = trimmed.normalize('NFC').replace(/\p{Zs}+/gu, ' ')
	if (name === '') return { ok: true, name: null }
	const problem = problemOf(name)
	return problem ? { ok: false, problem } : { ok: true, name }
}

function problemOf(name: string): GivenNameProblem | undefined {
	if ([...name].length > longestGivenName) return 'too_long'
	if (notInNames.test(name) || hidden.test(withoutJoiners(name))) return 'characters'
	if (links.some((link) => link.test(name))) return 'link'
	return /\p{L}/u.test(name) ? undefined : 'no_letter'
}

/** Markup, addresses and paths; a mark that would fall on what stands before the name. */
const notInNames = /[<>{}@/\\\p{Zl}\p{Zp}]|^\p{M}/u

/** Controls, marks of direction, what has no form or no meaning of its own; blanks that count as letters or symbols. */
const hidden = /[\p{C}\p{Default_Ignorable_Code_Point}\u2800]/u

/**
 * Leaves out what is invisible and right: joiners between letters, as names in Persian and in scripts of India have them, and
 * selectors of a form of a Chinese character.
 */
function withoutJoiners(name: string): string {
	return name
		.replace(/(?<=[\p{L}\p{M}])[\u200c\u200d](?=\p{L})/gu, '')
		.replace(/(?<=\p{Script=Han})[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/gu, '')
}

/** Addresses of pages with and without a scheme, and telephone numbers. */
const links = [
	/(?:^|\P{L})www[.。．｡]/iu,
	/[\p{L}\p{M}\p{N}-][.。．｡]\p{L}{2}/u,
	/\p{L}:\S/u,
	/(?:\p{N}[\s().+-]*){5}/u,
]
