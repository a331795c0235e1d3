import { approvalOf, type Draft, lacksApproval } from '../../../digests/index.ts'
import { type Member, mayDo } from '../../../kernel/actor.ts'
import type { Clock } from '../../../kernel/clock.ts'
import type { Database } from '../../../kernel/database.ts'
import type { DraftHold } from '../../../kernel/tables/drafts.ts'

/** How a draft that the schedule made stands: it goes out by itself, waits for somebody, or is held, and why. */
export type WaitingView = {
	id: number
	state: 'goes' | 'waits' | DraftHold
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
	draft: Draft,
	member: Member,
): Promise<WaitingView | null> {
	const { occurrence, firstOccurrence, goesAt, heldAt, heldWhy, heldByName } = draft
	if (draft.state !== 'open' || !occurrence) return null
	const isAhead = goesAt !== null && goesAt > deps.clock.now()
	return {
		id: draft.id,
		state: (heldAt && heldWhy) || (goesAt ? 'goes' : 'waits'),
		...{ goesAt, heldAt },
		name: heldByName ?? '',
		tookOver: firstOccurrence && firstOccurrence < occurrence ? firstOccurrence : null,
		lacksApproval: lacksApproval(await approvalOf(deps, draft.id)),
		may: {
			hold: !heldAt && goesAt !== null && mayDo(member, 'digests.prepare'),
			letGo: heldAt !== null && isAhead && mayDo(member, 'digests.send'),
		},
	}
}
