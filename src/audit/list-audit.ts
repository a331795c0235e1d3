import { actorName, type NamedActor, readActorName } from '../kernel/actor.ts'
import type { DatabaseOrTransaction } from '../kernel/database.ts'
import type { AuditChange } from '../kernel/tables/operation.ts'
import { type AuditEntry, selectAuditEntries } from './store.ts'

/** What somebody did; `actor` is undefined where the name is none of ours. */
export type AuditedAct = Omit<AuditEntry, 'actor' | 'detail'> & {
	id: number
	actor: NamedActor | undefined
	detail: string | null
	changes: AuditChange[]
}

export type AuditWish = {
	actor?: NamedActor | undefined
	/** How the subject begins: `newsletter:news`, `digest:`. */
	subject?: string | undefined
	/** The whole subject: `digest:7`. */
	of?: string | undefined
	/** Only what was written before the entry of this id. */
	before?: number | undefined
	limit: number
}

/** What staff, programs and the schedule did, the newest first. */
export async function listAudit(
	{ db }: { db: DatabaseOrTransaction },
	{ actor, ...wish }: AuditWish,
): Promise<AuditedAct[]> {
	const found = await selectAuditEntries(db, { ...wish, actor: actor && actorName(actor) })
	return found.map(({ actor: name, changes, ...entry }) => ({
		...entry,
		changes: changes ?? [],
		actor: readActorName(name),
	}))
}
