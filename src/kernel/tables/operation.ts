import type { ColumnType, Generated } from 'kysely'
import type { DataKind, HoldReason } from '../enumerations.ts'
import type { RelayTrouble } from '../measure-relays.ts'
import type { Permission } from '../permissions.ts'
import type { Stamp } from './stamp.ts'

export type InstallationTable = {
	singleton: Generated<boolean>
	id: string | null
	/** What a copy of the database can't have. */
	place: string | null
	/** Rises while Envoi runs, and is kept outside of the database too. */
	generation: number
	held_since: Date | null
	held_reason: HoldReason | null
}

export type ApiKeysTable = {
	id: Generated<number>
	name: string
	key_hash: string
	created_at: Stamp
	last_used_at: Date | null
	revoked_at: Date | null
	scopes: Permission[] | null
}

/** What somebody changed: a field by its path, as `schedule.cron`, and what stood in it; null where nothing did. */
export type AuditChange = { field: string; before: string | null; after: string | null }

export type AuditEntriesTable = {
	id: Generated<number>
	actor: string
	action: string
	subject: string
	detail: string | null
	/** Written as JSON. */
	changes: ColumnType<AuditChange[] | null, string | null>
	at: Stamp
}

export type RelayTestsTable = {
	relay: string
	tested_at: Date
	/** Null: it took us. */
	trouble: RelayTrouble | null
	said: string
	round_trip_ms: number | null
	per_second: number | null
	encrypted: boolean | null
	signed_in: boolean | null
}

export type RetentionRunsTable = {
	kind: DataKind
	applied_at: Date
	removed: number
}
