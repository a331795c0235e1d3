import { sql } from 'kysely'
import type { DatabaseOrTransaction } from '../kernel/database.ts'
import type { HoldReason } from '../kernel/enumerations.ts'

export type Hold = { since: Date; reason: HoldReason }

export type InstallationRow = {
	id: string | null
	place: string | null
	generation: number
	heldSince: Date | null
	heldReason: HoldReason | null
}

export type NewInstallation = { id: string | undefined; place: string | undefined; generation: number }

/** Gives whether this is the first start on this database. */
export async function insertInstallation(db: DatabaseOrTransaction, made: NewInstallation): Promise<boolean> {
	const inserted = await db
		.insertInto('installation')
		.values({ id: made.id ?? null, place: made.place ?? null, generation: made.generation })
		.onConflict((conflict) => conflict.column('singleton').doNothing())
		.returning('generation')
		.executeTakeFirst()
	return inserted !== undefined
}

/** Why sending is held, as it stands in the database: for who only tells of it. */
export async function readHold(db: DatabaseOrTransaction): Promise<Hold | undefined> {
	const row = await db
		.selectFrom('installation')
		.select(['held_since as heldSince', 'held_reason as heldReason'])
		.executeTakeFirst()
	return row && holdOf(row)
}

export function holdOf({
	heldSince,
	heldReason,
}: Pick<InstallationRow, 'heldSince' | 'heldReason'>): Hold | undefined {
	return heldSince && heldReason ? { since: heldSince, reason: heldReason } : undefined
}

/** Begins the next generation, and gives the row as it is then. */
export async function nextGeneration(db: DatabaseOrTransaction): Promise<InstallationRow> {
	return db
		.updateTable('installation')
		.set({ generation: sql<number>`generation + 1` })
		.returning(['id', 'place', 'generation', 'held_since as heldSince', 'held_reason as heldReason'])
		.executeTakeFirstOrThrow()
}

/** Fills in what was not known at the first start. */
export async function completeInstallation(
	db: DatabaseOrTransaction,
	{ id, place }: Pick<NewInstallation, 'id' | 'place'>,
): Promise<void> {
	await db
		.updateTable('installation')
		.set((eb) => ({
			id: eb.fn.coalesce('id', eb.val(id ?? null)),
			place: eb.fn.coalesce('place', eb.val(place ?? null)),
		}))
		.execute()
}

/** Holds sending from now on; what was held before keeps its time and reason. */
export async function setHeld(
	db: DatabaseOrTransaction,
	{ reason, now }: { reason: HoldReason; now: Date },
): Promise<void> {
	await db
		.updateTable('installation')
		.set({ held_since: now, held_reason: reason })
		.where('held_since', 'is', null)
		.execute()
}

/** Ends the holding, and makes this database the installation's. Gives whether it was held. */
export async function setReleased(
	db: DatabaseOrTransaction,
	{ id, place, generation }: NewInstallation,
): Promise<boolean> {
	const { rows } = await sql<{ held: boolean }>`
		with before as (select held_since is not null as held from installation)
		update installation set held_since = null, held_reason = null,
			id = coalesce(${id ?? null}, id), place = coalesce(${place ?? null}, place),
			generation = greatest(generation, ${generation}) + 1
		from before returning before.held`.execute(db)
	return rows[0]?.held ?? false
}
