import { recordAudit } from '../../audit/index.ts'
import type { JobCatalog } from '../../jobs/catalog.ts'
import { type Actor, operator } from '../../kernel/actor.ts'
import { AppError, invalidField } from '../../kernel/app-error.ts'
import { addDays, addSeconds, type Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database.ts'
import type { Jobs } from '../../kernel/jobs.ts'
import { triggerDigest } from '../trigger-digest.ts'
import { approvalOf, lacksApproval } from './approve-draft.ts'
import { requireOpen } from './change-draft.ts'
import { DraftChanged, isAsRead, keepSent } from './keep-sent.ts'
import { getDraft, saverOf } from './open-draft.ts'
import { type SendWaitingDeps, sendWaiting } from './send-waiting.ts'
import { holdDraftRow } from './store/waiting.ts'
import { type Draft, findDraft, lockDraft, selectDueDrafts, setDraftState } from './store.ts'
import { wishOf } from './wish-of.ts'

type StartDeps = { db: Database; clock: Clock; jobs: Pick<Jobs<JobCatalog>, 'enqueue'> }

/** So long somebody has to take back what they have just sent. */
export const countdownSeconds = 30

const furthestDays = 366

/**
 * Sends a draft after the countdown, or at a later time. The first who asks wins: whoever asks meanwhile gets the same
 * countdown. `versionId` is the one that was looked at. Throws `invalid` for a time that has gone by, `conflict` where the
 * draft was sent or dropped, or changed since it was looked at, or where a second
 * person has not approved it.
 */
export async function startDraft(
	deps: StartDeps,
	id: number,
	{ at, versionId, actor }: { at?: Date | undefined; versionId?: number; actor: Actor },
): Promise<Draft> {
	const now = deps.clock.now()
	if (at && at <= now) throw invalidField('at', 'errors.draft.time_past')
	if (at && at > addDays(now, furthestDays)) throw invalidField('at', 'errors.draft.time_far')
	const startsAt = at ?? addSeconds(now, countdownSeconds)
	const begun = await deps.db.transaction().execute(async (tx) => {
		const draft = await lockDraft(tx, id)
		if (draft?.state === 'starting') return false
		const open = await requireOpen(tx, id)
		if (versionId !== undefined && open.versionId !== versionId) {
			throw new AppError('conflict', 'errors.draft.changed')
		}
		// who works at the machine itself can do anything there
		if (actor.kind === 'member' && lacksApproval(await approvalOf({ db: tx }, id))) {
			throw new AppError('conflict', 'errors.draft.not_approved')
		}
		await setDraftState(tx, id, { state: 'starting', startsAt, startedBy: saverOf(actor) })
		const entry = { actor, action: 'send' as const, subject: `draft:${id}`, detail: startsAt.toISOString() }
		await recordAudit({ db: tx, clock: deps.clock }, entry)
		return true
	})
	if (begun) {
		const delayMs = startsAt.getTime() - now.getTime()
		await deps.jobs.enqueue('start-draft', { draftId: id }, { delayMs, dedupe: `${id}` })
	}
	return getDraft(deps, id)
}

/**
 * Takes it back: nothing has left yet, and the draft is open again. Where the time has gone by at which it would go out by
 * itself, it is held. Throws `conflict` where it is too late.
 */
export async function undoStart(
	{ db, clock }: Pick<StartDeps, 'db' | 'clock'>,
	id: number,
	actor: Actor,
): Promise<Draft> {
	await db.transaction().execute(async (tx) => {
		const draft = await lockDraft(tx, id)
		if (!draft) throw new AppError('not_found', 'errors.draft.not_found')
		if (draft.state === 'open') return
		if (draft.state !== 'starting') throw new AppError('conflict', 'errors.draft.too_late')
		await setDraftState(tx, id, { state: 'open' })
		const now = clock.now()
		if (draft.goesAt && draft.goesAt <= now && !draft.heldAt) {
			await holdDraftRow(tx, id, { why: 'person', at: now, by: saverOf(actor) })
		}
		await recordAudit({ db: tx, clock }, { actor, action: 'undo-send', subject: `draft:${id}` })
	})
	return getDraft({ db }, id)
}

/**
 * Makes a draft whose time has come into a digest, the one that its schedule set or that somebody asked for, once however often it is called. Where that can't be, as when nothing is
 * new to anybody any more, or sending is held after a restore, the draft is open again and tells so; what exactly stops it,
 * `checkDraft` finds.
 */
export async function runStart(deps: SendWaitingDeps, draftId: number): Promise<void> {
	const draft = await findDraft(deps.db, draftId)
	if (draft?.state === 'open') return sendWaiting(deps, draft)
	if (draft?.state !== 'starting' || !draft.startsAt) return
	// a job may come a moment early by the database's clock
	if (draft.startsAt > addSeconds(deps.clock.now(), 1)) return
	// a backup does not know whether it went out
	if (await deps.installation.findHold()) return reopen(deps, draft, 'errors.draft.held')
	try {
		const triggered = await triggerDigest(deps, draft.newsletterId, {
			...wishOf(draft),
			by: starterOf(draft),
			key: `draft ${draftId}`,
			alongside: async (tx, made) => {
				if (made.kind !== 'nothing_new') await keepSent(tx, draft, made.digest.id)
			},
		})
		if (triggered.kind === 'nothing_new') await reopen(deps, draft, 'errors.draft.nothing_new')
	} catch (error) {
		// whoever starts it again has asked for that
		if (error instanceof DraftChanged) return
		if (!(error instanceof AppError)) throw error
		deps.log.error({ draftId, err: error }, 'a draft could not be made into a digest')
		await reopen(deps, draft, 'errors.draft.not_made')
	}
}

/** Starts what is due and was lost by the queue. */
export async function reconcileDrafts({ db, clock, jobs }: StartDeps): Promise<void> {
	for (const draftId of await selectDueDrafts(db, clock.now())) {
		await jobs.enqueue('start-draft', { draftId }, { dedupe: `${draftId}` })
	}
}

async function reopen({ db }: { db: Database }, read: Draft, problem: string): Promise<void> {
	await db.transaction().execute(async (tx) => {
		if (await isAsRead(tx, read)) await setDraftState(tx, read.id, { state: 'open', problem })
	})
}

/** Who pressed the button stands in the audit of the digest, too. */
function starterOf({ startedBy, startedByName }: Draft): Actor {
	if (startedBy === null) return operator
	return { kind: 'member', id: startedBy, name: startedByName ?? '', role: 'approver', newsletterIds: null }
}
