import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import { type Draft, lockDraft, markDraftSent } from './store.ts'

/** A draft has been taken back, or changed, since it was read: its digest would say what nobody wants any more. */
export class DraftChanged extends Error {}

/** Marks a draft as the digest that was made of it in this transaction. Throws where it is not any more as it was read. */
export async function keepSent(tx: DatabaseOrTransaction, read: Draft, digestId: number): Promise<void> {
	if (!(await isAsRead(tx, read))) throw new DraftChanged(`draft ${read.id} was changed meanwhile`)
	await markDraftSent(tx, read.id, digestId)
}

/** Locks a draft; false where it has changed since it was read. */
export async function isAsRead(tx: DatabaseOrTransaction, read: Draft): Promise<boolean> {
	const held = await lockDraft(tx, read.id)
	return (
		held?.state === read.state &&
		held.heldAt?.getTime() === read.heldAt?.getTime() &&
		held.goesAt?.getTime() === read.goesAt?.getTime() &&
		held.versionId === read.versionId &&
		held.startsAt?.getTime() === read.startsAt?.getTime()
	)
}
