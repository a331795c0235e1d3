import { sql } from 'kysely'
import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import type { Rhythm } from '../../kernel/enumerations.ts'
import type { DraftContent, DraftHold, DraftState } from '../../kernel/tables/drafts.ts'

/** A digest that is being prepared. */
export type Draft = {
	id: number
	newsletterId: number
	kind: Rhythm
	/** Holds no story of a feed. */
	isLetter: boolean
	/** The digest whose readers alone get it; null for all others. */
	corrects: number | null
	state: DraftState
	/** Rises with each change. */
	revision: number
	versionId: number
	content: DraftContent
	createdAt: Date
	savedAt: Date
	savedBy: string
	/** When it will be sent; null while it is open. */
	startsAt: Date | null
	startedBy: number | null
	startedByName: string | null
	/** Why it could not be made into a digest when its time had come. */
	problem: string | null
	digestId: number | null
	/** Which occurrence of the schedule it is for; null where somebody began it and none has come up since. */
	occurrence: Date | null
	/** The one that it was for first. */
	firstOccurrence: Date | null
	/** When it goes out by itself, unless it is held. */
	goesAt: Date | null
	/** Since when it does not go out by itself; null where nothing holds it. */
	heldAt: Date | null
	heldWhy: DraftHold | null
	/** Who holds it; null where no person does. */
	heldByName: string | null
	canUndo: boolean
	canRedo: boolean
}

export const emptyDraft: DraftContent = {
	storyIds: [],
	leftOut: [],
	subject: {},
	preheader: {},
	introduction: {},
	edits: {},
	own: {},
	earlier: {},
	answers: {},
}

/** Rows of older versions of Envoi lack what a draft could not say then. */
export function complete<Row extends { content: DraftContent }>(row: Row): Row {
	return { ...row, content: { ...emptyDraft, ...row.content } }
}

/** Who saves; `memberId` is null for who is no member, such as the operator. */
export type Saver = { memberId: number | null; name: string }

function selectDrafts(db: DatabaseOrTransaction) {
	return db
		.selectFrom('digest_drafts as d')
		.innerJoin('draft_versions as v', 'v.id', 'd.version_id')
		.select([
			'd.id',
			'd.newsletter_id as newsletterId',
			'd.kind',
			'd.is_letter as isLetter',
			'd.corrects',
			'd.state',
			'd.revision',
			'v.id as versionId',
			'v.content',
			'd.created_at as createdAt',
			'v.saved_at as savedAt',
			'v.saved_by_name as savedBy',
			'd.starts_at as startsAt',
			'd.started_by_id as startedBy',
			'd.started_by_name as startedByName',
			'd.problem',
			'd.digest_id as digestId',
			'd.occurrence',
			'd.first_occurrence as firstOccurrence',
			'd.goes_at as goesAt',
			'd.held_at as heldAt',
			'd.held_why as heldWhy',
			'd.held_by_name as heldByName',
			sql<boolean>`v.parent_id is not null`.as('canUndo'),
			sql<boolean>`exists (select 1 from draft_versions n where n.parent_id = v.id)`.as('canRedo'),
		])
}

export async function findDraft(db: DatabaseOrTransaction, id: number): Promise<Draft | undefined> {
	const row = await selectDrafts(db).where('d.id', '=', id).executeTakeFirst()
	return row && complete(row)
}

/** The draft of the next digest, or of a letter, that is not over. */
export async function findCurrentDraft(
	db: DatabaseOrTransaction,
	{ newsletterId, kind, isLetter = false }: { newsletterId: number; kind: Rhythm; isLetter?: boolean },
): Promise<Draft | undefined> {
	const row = await selectDrafts(db)
		.where('d.newsletter_id', '=', newsletterId)
		.where('d.kind', '=', kind)
		.where('d.is_letter', '=', isLetter)
		.where('d.corrects', 'is', null)
		.where('d.state', 'in', ['open', 'starting'])
		.executeTakeFirst()
	return row && complete(row)
}

/** What became of a digest's draft: who wrote and started it. */
export async function findDraftOfDigest(
	db: DatabaseOrTransaction,
	digestId: number,
): Promise<Draft | undefined> {
	const row = await selectDrafts(db).where('d.digest_id', '=', digestId).executeTakeFirst()
	return row && complete(row)
}

/** Locked for the rest of the transaction. */
export async function lockDraft(tx: DatabaseOrTransaction, id: number): Promise<Draft | undefined> {
	const row = await tx
		.selectFrom('digest_drafts')
		.select('id')
		.where('id', '=', id)
		.forUpdate()
		.executeTakeFirst()
	return row && findDraft(tx, id)
}

/** Makes a draft; undefined where the newsletter has one already. */
export async function insertDraft(
	tx: DatabaseOrTransaction,
	draft: {
		newsletterId: number
		kind: Rhythm
		isLetter?: boolean
		corrects?: number
		content: DraftContent
		now: Date
		by: Saver
	},
): Promise<number | undefined> {
	const made = await tx
		.insertInto('digest_drafts')
		.values({
			newsletter_id: draft.newsletterId,
			kind: draft.kind,
			is_letter: draft.isLetter ?? false,
			corrects: draft.corrects ?? null,
			created_at: draft.now,
		})
		.onConflict((conflict) => conflict.doNothing())
		.returning('id')
		.executeTakeFirst()
	if (!made) return undefined
	await insertVersion(tx, { draftId: made.id, parentId: null, ...draft })
	return made.id
}

/** Keeps a version and shows it. */
export async function insertVersion(
	tx: DatabaseOrTransaction,
	version: { draftId: number; parentId: number | null; content: DraftContent; now: Date; by: Saver },
): Promise<void> {
	const { id } = await tx
		.insertInto('draft_versions')
		.values({
			draft_id: version.draftId,
			parent_id: version.parentId,
			content: JSON.stringify(version.content),
			saved_at: version.now,
			saved_by_id: version.by.memberId,
			saved_by_name: version.by.name,
		})
		.returning('id')
		.executeTakeFirstOrThrow()
	await showVersion(tx, version.draftId, id)
}

export async function showVersion(
	tx: DatabaseOrTransaction,
	draftId: number,
	versionId: number,
): Promise<void> {
	await tx
		.updateTable('digest_drafts')
		.set((eb) => ({ version_id: versionId, revision: eb('revision', '+', 1), problem: null }))
		.where('id', '=', draftId)
		.execute()
}

export type DraftVersion = { parentId: number | null; content: DraftContent }

export async function findVersion(
	db: DatabaseOrTransaction,
	{ draftId, id }: { draftId: number; id: number },
): Promise<DraftVersion | undefined> {
	const row = await db
		.selectFrom('draft_versions')
		.select(['parent_id as parentId', 'content'])
		.where('draft_id', '=', draftId)
		.where('id', '=', id)
		.executeTakeFirst()
	return row && complete(row)
}

/** The version that was made last from another one. */
export async function findNewestChild(
	db: DatabaseOrTransaction,
	parentId: number,
): Promise<number | undefined> {
	const row = await db
		.selectFrom('draft_versions')
		.select('id')
		.where('parent_id', '=', parentId)
		.orderBy('id', 'desc')
		.limit(1)
		.executeTakeFirst()
	return row?.id
}

/** Undefined clears what starting it had set. */
export async function setDraftState(
	tx: DatabaseOrTransaction,
	id: number,
	set: { state: DraftState; startsAt?: Date; startedBy?: Saver; problem?: string },
): Promise<void> {
	await tx
		.updateTable('digest_drafts')
		.set({
			state: set.state,
			starts_at: set.startsAt ?? null,
			started_by_id: set.startedBy?.memberId ?? null,
			started_by_name: set.startedBy?.name ?? null,
			problem: set.problem ?? null,
		})
		.where('id', '=', id)
		.execute()
}

/** Marks a draft as the digest that it became; who started it stays. */
export async function markDraftSent(tx: DatabaseOrTransaction, id: number, digestId: number): Promise<void> {
	await tx
		.updateTable('digest_drafts')
		.set({ state: 'sent', digest_id: digestId, problem: null })
		.where('id', '=', id)
		.execute()
}

/** Drafts whose time has come. */
export async function selectDueDrafts(db: DatabaseOrTransaction, now: Date): Promise<number[]> {
	const rows = await db
		.selectFrom('digest_drafts')
		.select('id')
		.where('state', '=', 'starting')
		.where('starts_at', '<=', now)
		.orderBy('starts_at')
		.execute()
	const waiting = await db
		.selectFrom('digest_drafts')
		.select('id')
		.where('state', '=', 'open')
		.where('goes_at', '<=', now)
		.where('held_at', 'is', null)
		.orderBy('goes_at')
		.execute()
	return [...rows, ...waiting].map(({ id }) => id)
}
