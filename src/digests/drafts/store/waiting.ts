import type { DatabaseOrTransaction } from '../../../kernel/database.ts'
import type { Rhythm } from '../../../kernel/enumerations.ts'
import type { DraftHold } from '../../../kernel/tables/drafts.ts'
import type { Saver } from '../store.ts'

/** Sets which occurrence of the schedule a draft is for, and when it goes out by itself. */
export async function setOccurrence(
	tx: DatabaseOrTransaction,
	id: number,
	set: { occurrence: Date; firstOccurrence: Date; goesAt: Date | null },
): Promise<void> {
	await tx
		.updateTable('digest_drafts')
		.set({ occurrence: set.occurrence, first_occurrence: set.firstOccurrence, goes_at: set.goesAt })
		.where('id', '=', id)
		.execute()
}

/** Keeps a draft from going out by itself. */
export async function holdDraftRow(
	tx: DatabaseOrTransaction,
	id: number,
	{ why, at, by }: { why: DraftHold; at: Date; by?: Saver },
): Promise<void> {
	await tx
		.updateTable('digest_drafts')
		.set({ held_at: at, held_why: why, held_by_id: by?.memberId ?? null, held_by_name: by?.name ?? null })
		.where('id', '=', id)
		.execute()
}

export async function releaseDraftRow(tx: DatabaseOrTransaction, id: number): Promise<void> {
	await tx
		.updateTable('digest_drafts')
		.set({ held_at: null, held_why: null, held_by_id: null, held_by_name: null })
		.where('id', '=', id)
		.execute()
}

/** Whether an occurrence has made a draft, whatever became of it. */
export async function hasDraftOf(
	db: DatabaseOrTransaction,
	{ newsletterId, kind, occurrence }: { newsletterId: number; kind: Rhythm; occurrence: Date },
): Promise<boolean> {
	const found = await db
		.selectFrom('digest_drafts')
		.select('id')
		.where('newsletter_id', '=', newsletterId)
		.where('kind', '=', kind)
		.where('occurrence', '=', occurrence)
		.executeTakeFirst()
	return found !== undefined
}

/** A draft of the schedule that has not gone out, and is not about to. */
export type WaitingDraft = {
	id: number
	newsletterId: number
	occurrence: Date
	heldWhy: DraftHold | null
}

export async function selectWaitingDrafts(db: DatabaseOrTransaction): Promise<WaitingDraft[]> {
	const rows = await db
		.selectFrom('digest_drafts')
		.select(['id', 'newsletter_id as newsletterId', 'occurrence', 'held_why as heldWhy'])
		.where('state', '=', 'open')
		.where('occurrence', 'is not', null)
		.orderBy('id')
		.execute()
	return rows.flatMap(({ occurrence, ...row }) => (occurrence ? [{ ...row, occurrence }] : []))
}
