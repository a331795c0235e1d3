import { recordAudit } from '../../audit/index.ts'
import type { Actor } from '../../kernel/actor.ts'
import { AppError } from '../../kernel/app-error.ts'
import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import { findCurrentDraft } from '../drafts/store.ts'
import { type TriggerDeps, type Triggered, triggerDigest } from '../trigger-digest.ts'
import { keyOf } from './schedule-of.ts'
import { type MissedDigest, markMissed, selectMissed } from './store.ts'

export type { MissedDigest } from './store.ts'

/** Scheduled digests that were found too late to be sent unasked, and wait for staff to say what becomes of them. */
export function listMissed({ db }: { db: DatabaseOrTransaction }): Promise<MissedDigest[]> {
	return selectMissed(db)
}

/**
 * Sends a missed digest after all, with what is new now; where nothing is, it is dropped. Throws `not_found` where it
 * does not wait any more, and `conflict` where somebody prepares the next one: its stories are the same.
 */
export async function sendMissed(deps: TriggerDeps, id: number, actor: Actor): Promise<Triggered> {
	const missed = await getMissed(deps, id)
	const { kind } = missed
	const draft = await findCurrentDraft(deps.db, missed)
	if (draft) throw new AppError('conflict', 'errors.digest.missed_draft', { params: { draft: draft.id } })
	const key = keyOf(kind, missed.occurrence)
	return triggerDigest(deps, missed.newsletterId, {
		by: 'schedule',
		kind,
		key,
		alongside: async (tx, triggered) => {
			const state = triggered.kind === 'nothing_new' ? 'dropped' : 'sent'
			const ended = await markMissed(tx, id, { state, now: deps.clock.now() })
			// what was dropped meanwhile must not be sent
			if (!ended && triggered.kind === 'created') throw notWaiting(id)
			const entry =
				triggered.kind === 'nothing_new'
					? { action: 'drop' as const, subject: `missed-digest:${id}` }
					: { action: 'send' as const, subject: `digest:${triggered.digest.id}` }
			if (ended) await recordAudit({ ...deps, db: tx }, { actor, ...entry })
		},
	})
}

/** Lets a missed digest go; its stories stay new. Throws `not_found` where it does not wait any more. */
export async function dropMissed(
	{ db, clock }: Pick<TriggerDeps, 'db' | 'clock'>,
	id: number,
	actor: Actor,
): Promise<void> {
	await db.transaction().execute(async (tx) => {
		if (!(await markMissed(tx, id, { state: 'dropped', now: clock.now() }))) throw notWaiting(id)
		await recordAudit({ db: tx, clock }, { actor, action: 'drop', subject: `missed-digest:${id}` })
	})
}

async function getMissed({ db }: Pick<TriggerDeps, 'db'>, id: number): Promise<MissedDigest> {
	const [missed] = await selectMissed(db, id)
	if (!missed) throw notWaiting(id)
	return missed
}

const notWaiting = (id: number) => new AppError('not_found', 'errors.digest.not_missed', { params: { id } })
