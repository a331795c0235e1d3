import {
	findCurrentDraft,
	type NextForReader,
	nextForReader,
	type PreviewOptions,
	wishOf,
} from '../../../digests/index.ts'
import type { Clock } from '../../../kernel/clock.ts'
import type { Database } from '../../../kernel/database.ts'
import type { Rhythm } from '../../../kernel/enumerations.ts'
import type { Newsletter } from '../../../newsletters/index.ts'

/** What a reader gets next: of the draft that is being prepared, where there is one, else of what is new now. */
export type NextView = { told: NextForReader; draftId: number | null }

/** Undefined where the person has never signed up to the newsletter. */
export async function describeNext(
	deps: { db: Database; clock: Clock },
	{ id: newsletterId, roundUp }: Newsletter,
	{ subscriberId, rhythm }: { subscriberId: number; rhythm: Rhythm },
): Promise<NextView | undefined> {
	const kind = roundUp ? rhythm : 'each'
	const draft = await findCurrentDraft(deps.db, { newsletterId, kind })
	const options: PreviewOptions = draft ? wishOf(draft) : { kind }
	const told = await nextForReader(deps, { newsletterId, subscriberId }, options)
	return told && { told, draftId: draft?.state === 'open' ? draft.id : null }
}
