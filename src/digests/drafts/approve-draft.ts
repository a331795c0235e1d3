import { recordAudit } from '../../audit/index.ts'
import type { Actor, Member } from '../../kernel/actor.ts'
import { AppError, invalidField } from '../../kernel/app-error.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Database, DatabaseOrTransaction } from '../../kernel/database.ts'
import type { DraftContent } from '../../kernel/tables/drafts.ts'
import { requireOpen } from './change-draft.ts'
import { saverOf } from './open-draft.ts'
import {
	type ApprovalNews,
	type DraftApproval,
	findApproval,
	keepApproved,
	keepAsked,
	keepLook,
	keepSentBack,
	type LookBefore,
	selectApprovalNews,
	selectAsked,
} from './store/approvals.ts'
import { findVersion } from './store.ts'

type Deps = { db: Database; clock: Clock }

const maxNoteCharacters = 1_000

/** How the approval of a draft stands. Throws `not_found`. */
export async function approvalOf(
	{ db }: { db: DatabaseOrTransaction },
	draftId: number,
): Promise<DraftApproval> {
	const found = await findApproval(db, draftId)
	if (!found) throw new AppError('not_found', 'errors.draft.not_found')
	return found
}

/** Whether a second person has to approve a draft as it is now, and has not. */
export function lacksApproval({ isNeeded, isGiven }: DraftApproval): boolean {
	return isNeeded && !isGiven
}

/** Whether a member may approve a draft as it is now: what one wrote last oneself, another approves. */
export function isForOther({ savedById }: DraftApproval, actor: Actor): boolean {
	return actor.kind === 'member' && actor.id === savedById
}

/** Asks for the approval of a draft. Throws `conflict` where it is being sent or over. */
export async function askApproval(deps: Deps, id: number, actor: Actor): Promise<void> {
	await deps.db.transaction().execute(async (tx) => {
		await requireOpen(tx, id)
		await keepAsked(tx, id, { at: deps.clock.now(), name: saverOf(actor).name })
		await recordAudit({ ...deps, db: tx }, { actor, action: 'ask-approval', subject: `draft:${id}` })
	})
}

/**
 * Approves a draft as `versionId` has it; once more changes nothing. Throws `conflict` where it was changed since, where the
 * actor wrote last, or where it is being sent or over.
 */
export async function approveDraft(
	deps: Deps,
	id: number,
	{ versionId, actor }: { versionId: number; actor: Actor },
): Promise<void> {
	await deps.db.transaction().execute(async (tx) => {
		const draft = await requireOpen(tx, id)
		if (draft.versionId !== versionId) throw new AppError('conflict', 'errors.draft.changed_before_approval')
		const approval = await approvalOf({ db: tx }, id)
		if (isForOther(approval, actor)) throw new AppError('conflict', 'errors.draft.own_approval')
		if (approval.isGiven) return
		await keepApproved(tx, id, { versionId, at: deps.clock.now(), name: saverOf(actor).name })
		await recordAudit({ ...deps, db: tx }, { actor, action: 'approve', subject: `draft:${id}` })
	})
}

/** Sends a draft back to who asked, with what is to be done. Throws `invalid`, `conflict` as `approveDraft` does. */
export async function sendBackDraft(
	deps: Deps,
	id: number,
	{ note: typed, actor }: { note: string; actor: Actor },
): Promise<void> {
	const note = typed.trim()
	if (note === '') throw invalidField('note', 'errors.draft.note_missing')
	if (note.length > maxNoteCharacters)
		throw invalidField('note', 'errors.draft.note_long', { max: maxNoteCharacters })
	await deps.db.transaction().execute(async (tx) => {
		await requireOpen(tx, id)
		await keepSentBack(tx, id, { note, at: deps.clock.now(), name: saverOf(actor).name })
		await recordAudit({ ...deps, db: tx }, { actor, action: 'send-back', subject: `draft:${id}` })
	})
}

/** What a draft was like when a person looked at it before; content undefined where that is kept no longer. */
export type SeenBefore = LookBefore & { content: DraftContent | undefined }

/** Notes that a person looks at a draft, and gives what they saw before what it shows now. */
export async function lookAtDraft(
	{ db, clock }: Deps,
	{ draftId, versionId, readers }: { draftId: number; versionId: number; readers: number },
	member: Pick<Member, 'id'>,
): Promise<SeenBefore> {
	const before = await keepLook(db, { draftId, memberId: member.id, versionId, readers, at: clock.now() })
	const version =
		before.versionId === null ? undefined : await findVersion(db, { draftId, id: before.versionId })
	return { ...before, content: version?.content }
}

/** Who asks for an approval, or sent a draft back, of all newsletters or of one draft. */
export function listApprovalNews(
	{ db }: { db: DatabaseOrTransaction },
	draftId?: number,
): Promise<ApprovalNews[]> {
	return selectApprovalNews(db, draftId)
}

/** Drafts of a newsletter that wait for somebody's approval, and who asks. */
export function listAsked(
	{ db }: { db: DatabaseOrTransaction },
	newsletterId: number,
): Promise<Array<{ draftId: number; name: string }>> {
	return selectAsked(db, newsletterId)
}
