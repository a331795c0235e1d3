import { recordAudit } from '../../audit/index.ts'
import type { Installation } from '../../installation/index.ts'
import { schedule as scheduleActor } from '../../kernel/actor.ts'
import { AppError } from '../../kernel/app-error.ts'
import { addSeconds } from '../../kernel/clock.ts'
import type { DraftHold } from '../../kernel/tables/drafts.ts'
import { findNewsletter } from '../../newsletters/index.ts'
import { isTooLate } from '../schedule/is-too-late.ts'
import { isQuiet } from '../schedule/quiet-hours.ts'
import { keyOf, letsDraftsGo, scheduleOf } from '../schedule/schedule-of.ts'
import { type TriggerDeps, triggerDigest } from '../trigger-digest.ts'
import { approvalOf, lacksApproval } from './approve-draft.ts'
import { type CheckDeps, checkDraft } from './check-draft.ts'
import { DraftChanged, isAsRead, keepSent } from './keep-sent.ts'
import { holdDraftRow } from './store/waiting.ts'
import type { Draft } from './store.ts'
import { wishOf } from './wish-of.ts'

export type SendWaitingDeps = TriggerDeps & CheckDeps & { installation: Pick<Installation, 'findHold'> }

/**
 * Makes a draft that the schedule made into the digest of its occurrence, once however often it is called, where its time has
 * come and nobody holds it. What a check stops, what comes too late, or while sending is held after a restore, is held and says why; in
 * quiet hours it waits for their end.
 */
export async function sendWaiting(deps: SendWaitingDeps, draft: Draft): Promise<void> {
	if (draft.state !== 'open' || draft.heldAt || !draft.goesAt || !draft.occurrence) return
	const now = deps.clock.now()
	// a job may come a moment early by the database's clock
	if (draft.goesAt > addSeconds(now, 1)) return
	const newsletter = await findNewsletter(deps, { id: draft.newsletterId })
	const schedule = newsletter && scheduleOf(newsletter, draft.kind)
	// whoever took the schedule away, or had drafts wait, since the draft was made wants nothing to go out by itself
	if (!schedule || !letsDraftsGo(schedule)) return hold(deps, draft, 'schedule')
	if (isQuiet(schedule, now)) {
		deps.log.info({ draftId: draft.id }, 'a draft waits for the end of the quiet hours')
		return
	}
	const isHeld = (await deps.installation.findHold()) !== undefined
	if (isHeld || isTooLate(schedule, draft.goesAt, now)) return hold(deps, draft, 'late')
	if (lacksApproval(await approvalOf(deps, draft.id))) return hold(deps, draft, 'approval')
	try {
		const { checks } = await checkDraft(deps, draft)
		if (checks.some(({ level }) => level === 'stops')) return await hold(deps, draft, 'checks')
		const { kind } = await triggerDigest(deps, draft.newsletterId, {
			...wishOf(draft),
			by: 'schedule',
			key: keyOf(draft.kind, draft.occurrence),
			alongside: async (tx, made) => {
				if (made.kind !== 'nothing_new') await keepSent(tx, draft, made.digest.id)
			},
		})
		if (kind === 'nothing_new') await hold(deps, draft, 'nothing_new')
	} catch (error) {
		// the reconciler asks again, and then it says what it says now
		if (error instanceof DraftChanged) return
		if (!(error instanceof AppError)) throw error
		deps.log.error({ draftId: draft.id, err: error }, 'a draft could not be made into a digest')
		await hold(deps, draft, 'not_made')
	}
}

/** Nobody asked for it: what was changed meanwhile is looked at again. */
async function hold(deps: SendWaitingDeps, read: Draft, why: DraftHold): Promise<void> {
	const { clock } = deps
	const held = await deps.db.transaction().execute(async (tx) => {
		if (!(await isAsRead(tx, read))) return false
		await holdDraftRow(tx, read.id, { why, at: clock.now() })
		const entry = { action: 'hold' as const, subject: `draft:${read.id}`, detail: why }
		await recordAudit({ db: tx, clock }, { actor: scheduleActor, ...entry })
		return true
	})
	if (held) deps.log.warn({ draftId: read.id, why }, 'a draft of the schedule is held: staff decides')
}
