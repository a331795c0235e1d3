import { recordAudit } from '../../audit/index.ts'
import type { JobCatalog } from '../../jobs/catalog.ts'
import type { Actor } from '../../kernel/actor.ts'
import { AppError } from '../../kernel/app-error.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database.ts'
import type { Jobs } from '../../kernel/jobs.ts'
import { requireOpen } from './change-draft.ts'
import { getDraft, saverOf } from './open-draft.ts'
import { holdDraftRow, releaseDraftRow } from './store/waiting.ts'
import type { Draft } from './store.ts'

type Deps = { db: Database; clock: Clock }

/**
 * Keeps a draft of the schedule from going out by itself, until somebody lets it go or sends it. One that is held already
 * stays so. Throws `conflict` where it would not go out by itself, or has gone.
 */
export async function holdDraft({ db, clock }: Deps, id: number, actor: Actor): Promise<Draft> {
	await db.transaction().execute(async (tx) => {
		const draft = await requireOpen(tx, id)
		if (draft.heldAt) return
		if (!draft.goesAt) throw new AppError('conflict', 'errors.draft.goes_not')
		await holdDraftRow(tx, id, { why: 'person', at: clock.now(), by: saverOf(actor) })
		await recordAudit({ db: tx, clock }, { actor, action: 'hold', subject: `draft:${id}` })
	})
	return getDraft({ db }, id)
}

/** Has a draft that is held go out at its time after all. Throws `conflict` where that has gone by. */
export async function letDraftGo(
	{ db, clock, jobs }: Deps & { jobs: Pick<Jobs<JobCatalog>, 'enqueue'> },
	id: number,
	actor: Actor,
): Promise<Draft> {
	const now = clock.now()
	await db.transaction().execute(async (tx) => {
		const draft = await requireOpen(tx, id)
		if (!draft.heldAt) return
		if (!draft.goesAt || draft.goesAt <= now) throw new AppError('conflict', 'errors.draft.time_gone')
		await releaseDraftRow(tx, id)
		await recordAudit({ db: tx, clock }, { actor, action: 'let-go', subject: `draft:${id}` })
	})
	const draft = await getDraft({ db }, id)
	if (draft.goesAt) {
		const delayMs = draft.goesAt.getTime() - now.getTime()
		await jobs.enqueue('start-draft', { draftId: id }, { delayMs, dedupe: `${id}` })
	}
	return draft
}
