import { approvalOf, type Draft, lacksApproval, letsDraftsGo, scheduleOf } from '../../../digests/index.ts'
import { type Member, mayDo } from '../../../kernel/actor.ts'
import type { Clock } from '../../../kernel/clock.ts'
import type { Database } from '../../../kernel/database.ts'
import type { DraftHold } from '../../../kernel/tables/drafts.ts'
import type { Newsletter } from '../../../newsletters/index.ts'

/** How a draft that the schedule made stands: it goes out by itself, waits for somebody, or is held, and why. */
export type WaitingView = {
	id: number
	/** `no_more`: its time is still to come, and the schedule has been changed so that it does not go out then. */
	state: 'goes' | 'waits' | 'no_more' | DraftHold
	goesAt: Date | null
	heldAt: Date | null
	name: string
	/** Of which day the digest did not go out whose stories are in it, too. */
	tookOver: Date | null
	/** Whether it would be held at its time, since a second person has to approve it and has not. */
	lacksApproval: boolean
	may: { hold: boolean; letGo: boolean }
}

/** Null for a draft that somebody began, and for one that is being sent. */
export async function describeWaiting(
	deps: { db: Database; clock: Clock },
	{ draft, newsletter }: { draft: Draft; newsletter: Newsletter },
	member: Member,
): Promise<WaitingView | null> {
	const { occurrence, firstOccurrence, goesAt, heldAt, heldWhy, heldByName } = draft
	if (draft.state !== 'open' || !occurrence) return null
	const isAhead = goesAt !== null && goesAt > deps.clock.now()
	const goes = letsDraftsGo(scheduleOf(newsletter, draft.kind))
	return {
		id: draft.id,
		state: (heldAt && heldWhy) || (!goesAt ? 'waits' : goes ? 'goes' : 'no_more'),
		...{ goesAt, heldAt },
		name: heldByName ?? '',
		tookOver: firstOccurrence && firstOccurrence < occurrence ? firstOccurrence : null,
		lacksApproval: lacksApproval(await approvalOf(deps, draft.id)),
		may: {
			hold: !heldAt && goesAt !== null && goes && mayDo(member, 'digests.prepare'),
			letGo: heldAt !== null && isAhead && goes && mayDo(member, 'digests.send'),
		},
	}
}
