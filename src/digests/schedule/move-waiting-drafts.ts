import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database.ts'
import { rhythms } from '../../kernel/enumerations.ts'
import { goingOf, type Newsletter } from '../../newsletters/index.ts'
import { setOccurrence } from '../drafts/store/waiting.ts'
import { findCurrentDraft, lockDraft } from '../drafts/store.ts'
import { scheduleOf } from './schedule-of.ts'

type Deps = { db: Database; clock: Clock }

/**
 * Has drafts that are about to go out by themselves go when the newsletter's schedule says now: clocks next show that time after
 * the draft was made, or after now. Drafts that wait for somebody, and those of a schedule that sends none by itself, stay.
 */
export async function moveWaitingDrafts({ db, clock }: Deps, newsletter: Newsletter): Promise<void> {
	for (const kind of rhythms) {
		const schedule = scheduleOf(newsletter, kind)
		if (!schedule?.draftFirst?.sendAt) continue
		const found = await findCurrentDraft(db, { newsletterId: newsletter.id, kind })
		if (!found?.goesAt) continue
		const now = clock.now()
		await db.transaction().execute(async (tx) => {
			const draft = await lockDraft(tx, found.id)
			if (draft?.state !== 'open' || !draft.occurrence || !draft.goesAt || draft.goesAt <= now) return
			const first = goingOf(schedule, draft.occurrence)
			const goesAt = first && first > now ? first : goingOf(schedule, now)
			const { occurrence, firstOccurrence } = draft
			await setOccurrence(tx, draft.id, {
				occurrence,
				firstOccurrence: firstOccurrence ?? occurrence,
				goesAt,
			})
		})
	}
}
