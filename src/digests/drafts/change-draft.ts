import { isDeepStrictEqual } from 'node:util'
import { recordAudit } from '../../audit/index.ts'
import type { Actor } from '../../kernel/actor.ts'
import { AppError } from '../../kernel/app-error.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Database, DatabaseOrTransaction } from '../../kernel/database.ts'
import type { OwnStory, StoryEdit } from '../../kernel/tables/digests.ts'
import type { DraftContent } from '../../kernel/tables/drafts.ts'
import { saverOf } from './open-draft.ts'
import { findApproval } from './store/approvals.ts'
import {
	type Draft,
	findNewestChild,
	findVersion,
	insertVersion,
	lockDraft,
	setDraftState,
	showVersion,
} from './store.ts'

type Deps = { db: Database; clock: Clock }

/** A change of a draft by one of its many small forms. */
export type DraftStep =
	| { move: number; by: -1 | 1 }
	/** `to`: from 0; beyond the end it becomes the last. */
	| { move: number; to: number }
	| { lead: number }
	| { leaveOut: number }
	| { putBack: number }
	/** By the ids of a story's versions; null: as the site has it. */
	| { edits: ReadonlyMap<number, StoryEdit | null> }
	/** Adds a story though it is not new; `of`: when the last digest was made that had it. */
	| { addEarlier: number; of: string | null }
	/** Adds a story of staff's own at the end, or tells one otherwise. */
	| { own: number | 'new'; as: OwnStory }
	| { answer: string; anyway: boolean }

/** Changes a draft by a step; what it is about may have gone meanwhile, and then nothing changes. */
export function stepDraft(deps: Deps, id: number, step: DraftStep, actor: Actor): Promise<Draft> {
	const make = (draft: Draft) => {
		// a letter holds no story of a feed
		const added = 'putBack' in step ? step.putBack : 'addEarlier' in step ? step.addEarlier : 0
		if (draft.isLetter && added > 0) return draft.content
		return takeStep(draft.content, step, actor, deps.clock.now())
	}
	return change(deps, id, actor, make, { keepsWriter: 'answer' in step })
}

/** The texts of a draft that somebody typed; languages that are not in it were left as they were, `''` is back to the pattern. */
export type DraftTexts = Pick<DraftContent, 'subject' | 'preheader' | 'introduction'>

export type TextConflict = {
	field: keyof DraftTexts
	locale: string
	theirs: string
	mine: string
	by: string
	at: Date
}

/**
 * Saves the texts of a draft. What a colleague changed meanwhile elsewhere stays; where both changed the same text nothing is
 * saved, and both are given.
 */
export async function saveDraftTexts(
	deps: Deps,
	id: number,
	{ base, texts }: { base: number; texts: DraftTexts },
	actor: Actor,
): Promise<{ draft: Draft; conflicts: TextConflict[] }> {
	let conflicts: TextConflict[] = []
	const draft = await change(deps, id, actor, async (now, tx) => {
		const from = now.versionId === base ? now : await findVersion(tx, { draftId: id, id: base })
		const merged = mergeTexts(from?.content ?? now.content, now, texts)
		conflicts = merged.conflicts
		return conflicts.length > 0 ? now.content : merged.content
	})
	return { draft, conflicts }
}

const textFields = ['subject', 'preheader', 'introduction'] as const

function mergeTexts(
	from: DraftContent,
	now: Draft,
	mine: DraftTexts,
): { content: DraftContent; conflicts: TextConflict[] } {
	const conflicts: TextConflict[] = []
	const content = { ...now.content }
	for (const field of textFields) {
		const merged: Record<string, string> = { ...now.content[field] }
		for (const [locale, own] of Object.entries(mine[field])) {
			const [base = '', theirs = ''] = [from[field][locale], now.content[field][locale]]
			if (own === base || own === theirs) continue
			if (theirs !== base) {
				conflicts.push({ field, locale, theirs, mine: own, by: now.savedBy, at: now.savedAt })
			} else if (own === '') delete merged[locale]
			else merged[locale] = own
		}
		content[field] = merged
	}
	return { content, conflicts }
}

/** Goes back to how the draft was before the last change. Where there is nothing before, it stays. */
export function undoDraft(deps: Deps, id: number, actor: Actor): Promise<Draft> {
	return showOther(deps, id, actor, async (tx, draft) => {
		const shown = await findVersion(tx, { draftId: id, id: draft.versionId })
		return shown?.parentId ?? undefined
	})
}

/** Takes the last going back, back. */
export function redoDraft(deps: Deps, id: number, actor: Actor): Promise<Draft> {
	return showOther(deps, id, actor, (tx, draft) => findNewestChild(tx, draft.versionId))
}

/**
 * Makes a draft what it was in an earlier version, as one more change: going back from it is going back to what is now. Who
 * answered which warning stays. A version that is gone changes nothing.
 */
export function restoreVersion(deps: Deps, id: number, versionId: number, actor: Actor): Promise<Draft> {
	return change(deps, id, actor, async ({ content }, tx) => {
		const version = await findVersion(tx, { draftId: id, id: versionId })
		return version ? { ...version.content, answers: content.answers } : content
	})
}

/** Throws a draft away; its stories stay new. */
export async function dropDraft(deps: Deps, id: number, actor: Actor): Promise<void> {
	await deps.db.transaction().execute(async (tx) => {
		await requireOpen(tx, id)
		await setDraftState(tx, id, { state: 'dropped' })
		await recordAudit({ db: tx, clock: deps.clock }, { actor, action: 'drop', subject: `draft:${id}` })
	})
}

async function showOther(
	deps: Deps,
	id: number,
	actor: Actor,
	find: (tx: DatabaseOrTransaction, draft: Draft) => Promise<number | undefined>,
): Promise<Draft> {
	return deps.db.transaction().execute(async (tx) => {
		const draft = await requireOpen(tx, id)
		const other = await find(tx, draft)
		if (other === undefined) return draft
		await showVersion(tx, id, other)
		await recordAudit({ db: tx, clock: deps.clock }, { actor, action: 'change', subject: `draft:${id}` })
		return requireOpen(tx, id)
	})
}

async function change(
	deps: Deps,
	id: number,
	actor: Actor,
	make: (draft: Draft, tx: DatabaseOrTransaction) => DraftContent | Promise<DraftContent>,
	{ keepsWriter = false }: { keepsWriter?: boolean } = {},
): Promise<Draft> {
	return deps.db.transaction().execute(async (tx) => {
		const draft = await requireOpen(tx, id)
		const content = await make(draft, tx)
		if (isDeepStrictEqual(content, draft.content)) return draft
		const now = deps.clock.now()
		const by = saverOf(actor)
		// who answers a warning has not written what stands there, and may approve it
		const writer = keepsWriter ? await findApproval(tx, id) : undefined
		const memberId = writer ? writer.savedById : by.memberId
		const version = { draftId: id, parentId: draft.versionId, content, now, by: { ...by, memberId } }
		await insertVersion(tx, version)
		await recordAudit({ db: tx, clock: deps.clock }, { actor, action: 'change', subject: `draft:${id}` })
		return requireOpen(tx, id)
	})
}

/** Throws `not_found`, or `conflict` where it is being sent or over. */
export async function requireOpen(tx: DatabaseOrTransaction, id: number): Promise<Draft> {
	const draft = await lockDraft(tx, id)
	if (!draft) throw new AppError('not_found', 'errors.draft.not_found')
	if (draft.state !== 'open') throw new AppError('conflict', `errors.draft.${draft.state}`)
	return draft
}

function takeStep(content: DraftContent, step: DraftStep, actor: Actor, now: Date): DraftContent {
	const { storyIds, leftOut } = content
	if ('move' in step) return { ...content, storyIds: moved(storyIds, step.move, placeAfter(storyIds, step)) }
	if ('lead' in step) {
		if (!storyIds.includes(step.lead)) return content
		return { ...content, storyIds: [step.lead, ...storyIds.filter((id) => id !== step.lead)] }
	}
	if ('leaveOut' in step) {
		if (!storyIds.includes(step.leaveOut)) return content
		return {
			...content,
			storyIds: storyIds.filter((id) => id !== step.leaveOut),
			leftOut: [...leftOut, step.leaveOut],
		}
	}
	if ('putBack' in step) {
		if (storyIds.includes(step.putBack)) return content
		return {
			...content,
			storyIds: [...storyIds, step.putBack],
			leftOut: leftOut.filter((id) => id !== step.putBack),
		}
	}
	if ('edits' in step) {
		const others = Object.entries(content.edits).filter(([id]) => !step.edits.has(Number(id)))
		const told = [...step.edits].flatMap(([id, edit]) =>
			edit && Object.keys(edit).length > 0 ? [[String(id), edit] as const] : [],
		)
		return { ...content, edits: Object.fromEntries([...others, ...told]) }
	}
	if ('addEarlier' in step) {
		if (storyIds.includes(step.addEarlier)) return content
		return {
			...content,
			storyIds: [...storyIds, step.addEarlier],
			leftOut: leftOut.filter((id) => id !== step.addEarlier),
			earlier: { ...content.earlier, [step.addEarlier]: { by: saverOf(actor).name, of: step.of } },
		}
	}
	if ('own' in step) return writeOwn(content, step)
	const { [step.answer]: _, ...others } = content.answers
	if (!step.anyway) return { ...content, answers: others }
	return {
		...content,
		answers: { ...others, [step.answer]: { by: saverOf(actor).name, at: now.toISOString() } },
	}
}

function writeOwn(
	content: DraftContent,
	{ own: wanted, as }: Extract<DraftStep, { own: unknown }>,
): DraftContent {
	if (wanted !== 'new') {
		const before = content.own[wanted]
		if (!before) return content
		return { ...content, own: { ...content.own, [wanted]: { ...as, writtenAt: before.writtenAt } } }
	}
	const id = Math.min(0, ...Object.keys(content.own).map(Number)) - 1
	return { ...content, storyIds: [...content.storyIds, id], own: { ...content.own, [id]: as } }
}

type Move = Extract<DraftStep, { move: number }>

/** Where a story goes; undefined where it stays, as at the edges. */
function placeAfter(ids: readonly number[], step: Move): number | undefined {
	const last = ids.length - 1
	if ('to' in step) return Math.min(Math.max(step.to, 0), last)
	const to = ids.indexOf(step.move) + step.by
	return to < 0 || to > last ? undefined : to
}

function moved(ids: readonly number[], id: number, to: number | undefined): readonly number[] {
	if (to === undefined || !ids.includes(id)) return ids
	const others = ids.filter((each) => each !== id)
	return [...others.slice(0, to), id, ...others.slice(to)]
}
