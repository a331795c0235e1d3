import { sql } from 'kysely'
import type { Database, DatabaseOrTransaction } from '../../kernel/database.ts'
import type { DigestState } from '../../kernel/enumerations.ts'
import type { AudienceSums } from '../../kernel/tables/digests.ts'
import { publishPages } from '../archive/store/pages.ts'
import { type ControlAction, fromStates } from './allowed-states.ts'

/** Locks a digest whose audience is to be frozen; undefined where that has been done. */
export async function lockPlanning(
	tx: DatabaseOrTransaction,
	digestId: number,
): Promise<{ newsletterId: number } | undefined> {
	return tx
		.selectFrom('digests')
		.select('newsletter_id as newsletterId')
		.where('id', '=', digestId)
		.where('state', '=', 'planning')
		.forUpdate()
		.executeTakeFirst()
}

export async function markPlanned(
	tx: DatabaseOrTransaction,
	digestId: number,
	{ audience, now }: { audience: AudienceSums; now: Date },
): Promise<void> {
	await tx
		.updateTable('digests')
		.set({ state: 'sending', audience: JSON.stringify(audience), planned_at: now })
		.where('id', '=', digestId)
		.execute()
}

/** Digests of which something is or may be left to do, the oldest first. */
export async function selectOpenDigests(
	db: DatabaseOrTransaction,
): Promise<Array<{ id: number; state: DigestState }>> {
	return db
		.selectFrom('digests')
		.select(['id', 'state'])
		.where('completed_at', 'is', null)
		.orderBy('id')
		.execute()
}

export async function selectDigestState(
	db: DatabaseOrTransaction,
	digestId: number,
): Promise<DigestState | undefined> {
	const row = await db.selectFrom('digests').select('state').where('id', '=', digestId).executeTakeFirst()
	return row?.state
}

const changes = {
	pause: { state: 'paused' },
	resume: { state: sql<DigestState>`case when planned_at is null then 'planning' else 'sending' end` },
	cancel: { state: 'cancelled' },
	reopen: { state: 'sending', completed_at: null },
} as const

/** Gives whether the state of the digest allowed it. */
export async function setControlled(
	tx: DatabaseOrTransaction,
	digestId: number,
	action: ControlAction,
): Promise<boolean> {
	const { numUpdatedRows } = await tx
		.updateTable('digests')
		.set(changes[action])
		.where('id', '=', digestId)
		.where('state', 'in', fromStates[action])
		.executeTakeFirst()
	return numUpdatedRows > 0n
}

/**
 * Completes a digest none of whose deliveries is due or under way, and publishes it in the archive; a cancelled one stays
 * cancelled and is closed. Gives whether it did. The row is locked first, so that the ledger is looked at as it is after whoever held it.
 */
export async function markCompleted(db: Database, digestId: number, now: Date): Promise<boolean> {
	return db.transaction().execute(async (tx) => {
		await tx.selectFrom('digests').select('id').where('id', '=', digestId).forNoKeyUpdate().execute()
		const completed = await setCompleted(tx, digestId, now)
		if (completed) await publishPages(tx, digestId)
		return completed
	})
}

async function setCompleted(tx: DatabaseOrTransaction, digestId: number, now: Date): Promise<boolean> {
	const { numUpdatedRows } = await tx
		.updateTable('digests')
		.set({
			state: sql<DigestState>`case when state = 'sending' then 'completed' else state end`,
			completed_at: now,
		})
		.where('id', '=', digestId)
		.where('state', 'in', ['sending', 'cancelled'])
		.where('completed_at', 'is', null)
		.where(({ not, exists, selectFrom }) =>
			not(
				exists(
					selectFrom('deliveries')
						.select('subscription_id')
						.where('digest_id', '=', digestId)
						.where('state', 'in', ['planned', 'sending']),
				),
			),
		)
		.executeTakeFirst()
	return numUpdatedRows > 0n
}
