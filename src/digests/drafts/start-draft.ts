import { recordAudit } from '../../audit/index.ts'
import type { JobCatalog } from '../../jobs/catalog.ts'
import { type Actor, operator } from '../../kernel/actor.ts'
import { AppError, invalidField } from '../../kernel/app-error.ts'
import { addDays, addSeconds, type Clock } from '../../kernel/clock.ts'
import type { Database, DatabaseOrTransaction } from '../../kernel/database.ts'
import type { Jobs } from '../../kernel/jobs.ts'
import type { PreviewOptions } from '../preview-digest.ts'
import { type TriggerDeps, triggerDigest } from '../trigger-digest.ts'
import { requireOpen } from './change-draft.ts'
import { getDraft, saverOf } from './open-draft.ts'
import { type Draft, findDraft, lockDraft, markDraftSent, selectDueDrafts, setDraftState } from './store.ts'

type StartDeps = { db: Database; clock: Clock; jobs: Pick<Jobs<JobCatalog>, 'enqueue'> }

/** So long somebody has to take back what they have just sent. */
export const countdownSeconds = 30

const furthestDays = 366

/**
 * Sends a draft after the countdown, or at a later time. The first who asks wins: whoever asks meanwhile gets the same
 * countdown. `versionId` is the one that was looked at. Throws `invalid` for a time that has gone by, `conflict` where the
 * draft was sent or dropped, or changed since it was looked at.
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

/** Takes it back: nothing has left yet, and the draft is open again. Throws `conflict` where it is too late. */
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
		await recordAudit({ db: tx, clock }, { actor, action: 'undo-send', subject: `draft:${id}` })
	})
	return getDraft({ db }, id)
}

/**
 * Makes a draft whose time has come into a digest, once however often it is called. Where that can't be, as when nothing is
 * new to anybody any more, the draft is open again and tells so; what exactly stops it, `checkDraft` finds.
 */
export async function runStart(deps: TriggerDeps, draftId: number): Promise<void> {
	const draft = await findDraft(deps.db, draftId)
	if (draft?.state !== 'starting' || !draft.startsAt) return
	// a job may come a moment early by the database's clock
	if (draft.startsAt > addSeconds(deps.clock.now(), 1)) return
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

/** A draft has been taken back, or changed, since it was read: its digest would say what nobody wants any more. */
class DraftChanged extends Error {}

/** Marks a draft as the digest that was made of it in this transaction. Throws where it is not any more as it was read. */
export async function keepSent(tx: DatabaseOrTransaction, read: Draft, digestId: number): Promise<void> {
	if (!(await isAsRead(tx, read))) throw new DraftChanged(`draft ${read.id} was changed meanwhile`)
	await markDraftSent(tx, read.id, digestId)
}

/** Locks a draft; false where it has changed since it was read. */
async function isAsRead(tx: DatabaseOrTransaction, read: Draft): Promise<boolean> {
	const held = await lockDraft(tx, read.id)
	return (
		held?.state === read.state &&
		held.versionId === read.versionId &&
		held.startsAt?.getTime() === read.startsAt?.getTime()
	)
}

/** Starts what is due and was lost by the queue. */
export async function reconcileDrafts({ db, clock, jobs }: StartDeps): Promise<void> {
	for (const draftId of await selectDueDrafts(db, clock.now())) {
		await jobs.enqueue('start-draft', { draftId }, { dedupe: `${draftId}` })
	}
}

/** What a draft wishes of its digest. Stories may have gone with their source since it was made. */
export function wishOf({ kind, content }: Draft): PreviewOptions {
	const { leftOut: _, answers: __, ...told } = content
	return { kind, unknownIsFine: true, ...told }
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
