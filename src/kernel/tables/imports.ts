import type { ColumnType, Generated, JSONColumnType } from 'kysely'
import type {
	ConsentBasis,
	ImportedState,
	ImportOutcome,
	ImportOverwrite,
	ImportState,
} from '../enumerations.ts'
import type { Locale } from '../messages.ts'
import type { Stamp } from './stamp.ts'

/** A file of readers that is brought into a newsletter. */
export type ImportsTable = {
	id: Generated<number>
	newsletter_id: number
	/** As the audit log names them. */
	brought_by: string
	file_name: string
	file_bytes: number
	/** How the file is read: a `FileShape`. */
	shape: JSONColumnType<object>
	/** Of the file, once that is gone. */
	headings: string[] | null
	basis: JSONColumnType<ImportBasis> | null
	/** What is known of the file that proves it; its bytes are in `import_evidence`. */
	evidence_file: JSONColumnType<EvidenceFile> | null
	overwrite: ColumnType<ImportOverwrite[], ImportOverwrite[] | undefined, ImportOverwrite[]>
	state: Generated<ImportState>
	/** How many rows of the file are staged, and of how many of its bytes. */
	staged: Generated<number>
	bytes_read: Generated<number>
	/** How many of these were gone through. */
	position: Generated<number>
	outcomes: JSONColumnType<OutcomeCounts> | null
	undone: JSONColumnType<UndoneCounts> | null
	/** How often in a row it broke off. */
	failures: Generated<number>
	/** Why it was given up: a key of the string catalogs. */
	problem: string | null
	/** When the next ones are asked to confirm. */
	next_at: Date | null
	created_at: Stamp
	checked_at: Date | null
	started_at: Date | null
	finished_at: Date | null
	undone_at: Date | null
}

/** How many rows came to what; what is missing is none. */
export type OutcomeCounts = Partial<Record<ImportOutcome, number>>

/** What taking an import back came to; `kept`: who has changed something since, confirmed, left or been mailed a digest. */
export type UndoneCounts = {
	removed: number
	kept: number
	/** Readers who were here already and have back what was overwritten, and those who have changed it since. */
	restored: number
	changedSince: number
}

/** Why the persons of a file may be mailed, and what proves it. Days are as `2025-01-31`. */
export type ImportBasis = {
	kind: ConsentBasis
	/** When they consented, of those of whom the file does not say it. */
	day: string | null
	/** The words that they agreed to. */
	words: string | null
	/** Where the proof is. */
	evidence: string | null
	/** `members`: for how many months after that day they may be mailed. */
	months: number | null
	/** `unsure`: how many are asked to confirm in a day. */
	perDay: number | null
}

/** A file that proves consent; `addedAt` as ISO 8601. */
export type EvidenceFile = {
	contentType: string
	extension: string
	bytes: number
	addedAt: string
	/** As the audit log names them. */
	addedBy: string
}

/** Encrypted with a key of the secret. */
export type ImportEvidenceTable = { import_id: number; sealed: Buffer }

export type ImportFilePartsTable = { import_id: number; part: number; bytes: Buffer }

/** A row of the file, with what becomes of it: a forecast until the import has gone through it. */
export type ImportRowsTable = {
	import_id: number
	/** From 1 on, the header not counted. */
	number: number
	/** Of the file, from 1 on. */
	line: number
	outcome: ImportOutcome
	/** Why it is unusable: a key of the string catalogs. */
	reason: string | null
	/** What of it was not heeded: words under `errors.import.remark.` in the string catalogs. */
	remarks: string[] | null
	/** As typed where it is unusable, and cut. */
	address: string | null
	comparable_address: string | null
	address_hash: string | null
	given_name: string | null
	locale: Locale | null
	/** Its choices; null where the file says nothing of them. */
	profile_id: number | null
	file_state: ImportedState | null
	consented_at: Date | null
	joined_at: Date | null
	left_at: Date | null
	/** What stands in it, where it can't be used and the file is gone. */
	cells: JSONColumnType<string[]> | null
	/** What it overwrote of somebody who was a reader already. */
	overwritten: JSONColumnType<object> | null
	paused_until: Date | null
	consent_until: Date | null
}
