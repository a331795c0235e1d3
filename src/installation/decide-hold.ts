import type { HoldReason } from '../kernel/enumerations.ts'

/** What the database says of itself, and what is known outside of it; undefined is not known. */
export type Signs = {
	database: { id: string | null; place: string | null; generation: number }
	outside: { id: string | undefined; place: string | undefined; generation: number | undefined }
}

/** Why a database must not send by itself; undefined where it is the one it says it is, and no older than it was. */
export function decideHold({ database, outside }: Signs): HoldReason | undefined {
	if (differ(database.id, outside.id)) return 'other_installation'
	if (differ(database.place, outside.place)) return 'other_place'
	if (outside.generation !== undefined && database.generation <= outside.generation) return 'older_backup'
	return undefined
}

function differ(inside: string | null, outside: string | undefined): boolean {
	return inside !== null && outside !== undefined && inside !== outside
}
