import { withoutName } from '../../../kernel/csv/without-name.ts'
import { parseEmailAddress } from '../../../kernel/email-address.ts'
import type { ColumnMeaning } from './file-shape.ts'
import { foldHeading } from './fold-heading.ts'
import { readDate } from './read-date.ts'
import { languageOf } from './read-language.ts'
import { readYes } from './read-state.ts'

/** Headings as people and other systems write them, in English and French, without accents and signs. */
const headings: Readonly<Record<Exclude<ColumnMeaning, 'left_out'>, readonly string[]>> = {
	address: [
		'email',
		'e mail',
		'mail',
		'email address',
		'e mail address',
		'emailaddress',
		'address',
		'subscriber email',
		'courriel',
		'adresse courriel',
		'adresse de courriel',
		'adresse',
		'adresse email',
		'adresse e mail',
		'adresse mail',
		'adresse electronique',
		'mel',
	],
	given_name: [
		'first name',
		'firstname',
		'given name',
		'givenname',
		'fname',
		'forename',
		'prenom',
		'merge fname',
		'vorname',
	],
	language: ['language', 'lang', 'locale', 'langue', 'preferred language', 'langue preferee', 'mc language'],
	topics: [
		'topics',
		'topic',
		'themes',
		'theme',
		'interests',
		'interets',
		'sujets',
		'rubriques',
		'thematiques',
	],
	topics_left_out: ['topics left out', 'themes exclus'],
	untranslated: ['untranslated'],
	paused_until: ['paused until', 'en pause jusqu au'],
	consent_until: ['consent until', 'consentement jusqu au'],
	rhythm: ['rhythm', 'frequency', 'frequence', 'rythme'],
	joined_at: [
		'joined at',
		'joined',
		'created at',
		'created',
		'subscribed at',
		'subscription date',
		'date of subscription',
		'signup date',
		'sign up date',
		'optin time',
		'opt in time',
		'optin date',
		'added time',
		'added at',
		'date added',
		'inscrit le',
		'inscrite le',
		'date d inscription',
		'date inscription',
		'ajoute le',
		'date de creation',
		'consent date',
		'date of consent',
		'date de consentement',
		'start date',
	],
	confirmed_at: [
		'confirmed at',
		'confirm time',
		'confirmed',
		'double optin at',
		'double opt in at',
		'confirme le',
		'date de confirmation',
	],
	left_at: [
		'left at',
		'unsubscribed at',
		'unsub time',
		'unsubscribe date',
		'unsubscribed on',
		'desinscrit le',
		'desabonne le',
		'date de desinscription',
		'clean time',
		'deleted at',
	],
	state: [
		'state',
		'status',
		'statut',
		'etat',
		'subscription status',
		'email status',
		'statut de l abonnement',
	],
	is_subscribed: [
		'subscribed',
		'subscribed to emails',
		'is subscribed',
		'abonne',
		'inscrit',
		'opt in',
		'optin',
	],
	is_unsubscribed: [
		'unsubscribed',
		'email disabled',
		'is unsubscribed',
		'blacklisted',
		'email blacklisted',
		'blocklisted',
		'emailblacklisted',
		'desabonne',
		'desinscrit',
		'opt out',
		'optout',
	],
}

const meaningByHeading = new Map(
	Object.entries(headings).flatMap(([meaning, names]) =>
		names.map((name) => [name, meaning as ColumnMeaning] as const),
	),
)

/**
 * What each column of a file holds, by its heading, else by what stands in it. Of columns that hold the same the first one counts,
 * and but for the address nothing is guessed that says how somebody stands.
 */
export function guessColumns(
	header: readonly string[] | undefined,
	samples: ReadonlyArray<readonly string[]>,
): ColumnMeaning[] {
	const width = Math.max(header?.length ?? 0, ...samples.map((row) => row.length))
	const named = Array.from({ length: width }, (_, index) =>
		meaningByHeading.get(foldHeading(header?.[index] ?? '')),
	)
	const taken = new Set<ColumnMeaning>()
	const columns = named.map((byHeading, index): ColumnMeaning => {
		const meaning = byHeading && (byCells(byHeading, samples, index) ?? byHeading)
		// an address of the street, for instance
		const isFalse = meaning === 'address' && !holds(samples, index, isAddress)
		if (!meaning || isFalse || taken.has(meaning)) return 'left_out'
		taken.add(meaning)
		return meaning
	})
	// of a table of rows to correct few are addresses
	const byName = taken.has('address') ? -1 : (header ?? []).findIndex((heading) => isOfMail(heading))
	if (byName >= 0 && !samples.some((row) => row.some(isAddress))) {
		columns[byName] = 'address'
		taken.add('address')
	}
	for (const [meaning, fits] of [
		['address', isAddress],
		['language', isLanguage],
	] as const) {
		if (taken.has(meaning)) continue
		const index = columns.findIndex((column, at) => column === 'left_out' && holds(samples, at, fits))
		if (index >= 0) columns[index] = meaning
	}
	return columns
}

/** A heading that is one of addresses of mail alone, and not of streets. */
function isOfMail(heading: string): boolean {
	const folded = foldHeading(heading)
	return meaningByHeading.get(folded) === 'address' && /mail|courriel/.test(folded)
}

/** What a column holds whose heading may mean a day or a yes: `Confirmed` with "no", `Unsubscribed` with "2024-03-01". */
function byCells(
	meaning: ColumnMeaning,
	samples: ReadonlyArray<readonly string[]>,
	column: number,
): ColumnMeaning | undefined {
	if (meaning === 'confirmed_at' || meaning === 'joined_at' || meaning === 'left_at') {
		if (!holds(samples, column, isYesOrNo)) return undefined
		if (meaning === 'left_at') return 'is_unsubscribed'
		return meaning === 'joined_at' ? 'is_subscribed' : 'state'
	}
	if (meaning !== 'is_subscribed' && meaning !== 'is_unsubscribed') return undefined
	if (!holds(samples, column, isDate)) return undefined
	return meaning === 'is_unsubscribed' ? 'left_at' : 'joined_at'
}

function isYesOrNo(cell: string): boolean {
	return readYes(cell) !== undefined
}

function isDate(cell: string): boolean {
	return readDate(cell, 'day_first') !== undefined || readDate(cell, 'month_first') !== undefined
}

/** Whether at least half of what stands in a column is so. */
function holds(
	samples: ReadonlyArray<readonly string[]>,
	column: number,
	fits: (cell: string) => boolean,
): boolean {
	const cells = samples.flatMap((row) => row[column] || [])
	return cells.length > 0 && cells.filter(fits).length * 2 >= cells.length
}

function isAddress(cell: string): boolean {
	return cell.includes('@') && parseEmailAddress(withoutName(cell)).ok
}

function isLanguage(cell: string): boolean {
	return languageOf(cell) !== undefined
}
