import type { ColumnMeaning } from './file-shape.ts'
import { foldHeading } from './fold-heading.ts'
import type { ImportedState } from './imported-reader.ts'

export const knownSystems = [
	'envoi',
	'listmonk',
	'mailchimp',
	'keila',
	'mailtrain',
	'ghost',
	'substack',
	'brevo',
] as const
export type KnownSystem = (typeof knownSystems)[number]

type Export = {
	system: KnownSystem
	/** Headings that this system alone writes together. */
	signs: readonly string[]
	/** What its columns hold where their headings alone say something else. */
	columns?: Readonly<Record<string, ColumnMeaning>>
	/** What being in this file says of everybody in it. */
	stateOfAll?: ImportedState
}

/** The files of readers that other systems write, by their documented columns; the first that fits counts. */
const exportsOfSystems: readonly Export[] = [
	{ system: 'envoi', signs: ['email', 'state', 'language', 'topics', 'rhythm', 'joined at'] },
	// Mailchimp has a file each for those who are subscribed, unsubscribed, cleaned (bounced) and nonsubscribed
	{ system: 'mailchimp', signs: ['email address', 'leid', 'euid', 'clean time'], stateOfAll: 'bounced' },
	{ system: 'mailchimp', signs: ['email address', 'leid', 'euid', 'unsub time'], stateOfAll: 'unsubscribed' },
	{ system: 'mailchimp', signs: ['email address', 'leid', 'euid'], columns: { optin_time: 'joined_at' } },
	{ system: 'listmonk', signs: ['uuid', 'email', 'attributes', 'status'] },
	{ system: 'ghost', signs: ['email', 'subscribed to emails', 'labels'] },
	{ system: 'substack', signs: ['email', 'active subscription', 'email disabled'] },
	{ system: 'keila', signs: ['email', 'first name', 'last name', 'data', 'status'] },
	{ system: 'mailtrain', signs: ['cid', 'email', 'status'] },
	{ system: 'mailtrain', signs: ['email', 'merge first name'], columns: { merge_first_name: 'given_name' } },
	{ system: 'brevo', signs: ['email', 'added time', 'modified time'] },
]

export type RecognisedExport = {
	system: KnownSystem
	columns: Readonly<Record<string, ColumnMeaning>>
	stateOfAll: ImportedState
}

/** Which system wrote a file with these headings. */
export function recogniseSystem(header: readonly string[]): RecognisedExport | undefined {
	const folded = new Set(header.map(foldHeading))
	const found = exportsOfSystems.find(({ signs }) => signs.every((sign) => folded.has(sign)))
	return (
		found && { system: found.system, columns: found.columns ?? {}, stateOfAll: found.stateOfAll ?? 'active' }
	)
}
