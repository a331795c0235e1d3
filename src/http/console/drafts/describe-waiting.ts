import type { Draft } from '../../../digests/index.ts'
import { type Member, mayDo } from '../../../kernel/actor.ts'
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
	may: { hold: boolean; letGo: boolean }
}

/** Null for a draft that somebody began, and for one that is being sent. */
export function describeWaiting(draft: Draft, member: Member, now: Date): WaitingView | null {
	const { occurrence, firstOccurrence, goesAt, heldAt, heldWhy, heldByName } = draft
	if (draft.state !== 'open' || !occurrence) return null
	const isAhead = goesAt !== null && goesAt > now
	return {
		id: draft.id,
		state: (heldAt && heldWhy) || (goesAt ? 'goes' : 'waits'),
		...{ goesAt, heldAt },
		name: heldByName ?? '',
		tookOver: firstOccurrence && firstOccurrence < occurrence ? firstOccurrence : null,
		may: {
			hold: !heldAt && goesAt !== null && mayDo(member, 'digests.prepare'),
			letGo: heldAt !== null && isAhead && mayDo(member, 'digests.send'),
		},
	}
}
