import { foldHeading } from './fold-heading.ts'
import type { ImportedState } from './imported-reader.ts'

/** What systems call a reader's state; `unconfirmed`: asked, and never confirmed. */
const words: Readonly<Record<ImportedState | 'unconfirmed', readonly string[]>> = {
	active: [
		'active',
		'subscribed',
		'enabled',
		'confirmed',
		'yes',
		'true',
		'1',
		'oui',
		'vrai',
		'abonne',
		'abonnee',
		'actif',
		'inscrit',
		'inscrite',
		'confirme',
		'free',
		'paid',
		'comped',
		'allowed',
	],
	unsubscribed: [
		'unsubscribed',
		'disabled',
		'blocklisted',
		'blacklisted',
		'left',
		'removed',
		'opted out',
		'opt out',
		'no',
		'false',
		'0',
		'non',
		'faux',
		'desabonne',
		'desabonnee',
		'desinscrit',
		'desinscrite',
		'inactif',
		'inactive',
		'archived',
		'suppressed',
		'non subscribed',
		'nonsubscribed',
		'not subscribed',
	],
	bounced: [
		'bounced',
		'cleaned',
		'hard bounced',
		'hardbounced',
		'hard bounce',
		'hardbounce',
		'undeliverable',
		'unreachable',
		'invalid',
		'rejete',
		'dead',
	],
	complained: ['complained', 'spam', 'spam complaint', 'complaint', 'reported spam', 'plainte'],
	unconfirmed: ['unconfirmed', 'pending', 'non confirme', 'en attente', 'not confirmed', 'waiting'],
}
const byWord = new Map(
	Object.entries(words).flatMap(([state, all]) => all.map((word) => [foldHeading(word), state] as const)),
)

/** The state that a cell names; undefined where it is none that is known. */
export function readState(cell: string): ImportedState | 'unconfirmed' | undefined {
	return byWord.get(foldHeading(cell)) as ImportedState | 'unconfirmed' | undefined
}

/** Whether a cell says yes; undefined where it says neither. */
export function readYes(cell: string): boolean | undefined {
	const word = foldHeading(cell)
	if (['true', 'yes', '1', 'oui', 'vrai', 'x', 'y', 'o', 't'].includes(word)) return true
	if (['false', 'no', '0', 'non', 'faux', 'n', 'f', ''].includes(word)) return false
	return undefined
}
