import { recordAudit } from '../../audit/index.ts'
import type { Actor } from '../../kernel/actor.ts'
import { AppError } from '../../kernel/app-error.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database.ts'
import { getDigest } from '../list-digests.ts'
import type { DraftTexts } from './change-draft.ts'
import { getDraft, saverOf } from './open-draft.ts'
import { findCorrection } from './store/corrections.ts'
import { type Draft, emptyDraft, insertDraft } from './store.ts'

/**
 * The correction of a digest that was cancelled: the draft there is, else a new one that begins with `texts`. It is a letter to
 * exactly those who have that digest, or may have it, and may still be mailed. Throws `conflict` where the digest was not cancelled.
 */
export async function openCorrection(
	deps: { db: Database; clock: Clock },
	digestId: number,
	{ texts, actor }: { texts: Pick<DraftTexts, 'subject' | 'introduction'>; actor: Actor },
): Promise<Draft> {
	const { newsletterId, state } = await getDigest(deps, digestId)
	if (state !== 'cancelled') throw new AppError('conflict', 'errors.draft.nothing_to_correct')
	const id = await deps.db.transaction().execute(async (tx) => {
		const made = await insertDraft(tx, {
			...{ newsletterId, kind: 'each', isLetter: true, corrects: digestId },
			content: { ...emptyDraft, ...texts },
			now: deps.clock.now(),
			by: saverOf(actor),
		})
		if (made === undefined) return (await findCorrection(tx, digestId))?.id
		await recordAudit({ db: tx, clock: deps.clock }, { actor, action: 'prepare', subject: `draft:${made}` })
		return made
	})
	if (id === undefined) throw new AppError('conflict', 'errors.draft.busy')
	return getDraft(deps, id)
}
