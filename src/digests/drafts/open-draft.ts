import { recordAudit } from '../../audit/index.ts'
import { type Actor, actorName } from '../../kernel/actor.ts'
import { AppError } from '../../kernel/app-error.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database.ts'
import type { Rhythm } from '../../kernel/enumerations.ts'
import { getNewsletter } from '../../newsletters/index.ts'
import { chooseDigest } from '../choosing/choose-digest.ts'
import { storyIdsOf, usualOf } from '../choosing/usual-of.ts'
import { newsletterFor } from '../newsletter-for.ts'
import { type Draft, emptyDraft, findCurrentDraft, findDraft, insertDraft, type Saver } from './store.ts'

type Deps = { db: Database; clock: Clock }

/**
 * The draft of the next digest: the one there is, else a new one of what is new now. What comes in later waits beside it.
 */
export async function openDraft(
	deps: Deps,
	newsletterId: number,
	{ kind = 'each', actor }: { kind?: Rhythm; actor: Actor },
): Promise<Draft> {
	const now = deps.clock.now()
	const id = await deps.db.transaction().execute(async (tx) => {
		const before = await findCurrentDraft(tx, { newsletterId, kind })
		if (before) return before.id
		const newsletter = await newsletterFor(tx, await getNewsletter({ db: tx }, { id: newsletterId }), {
			kind,
			now,
		})
		const chosen = await chooseDigest(tx, newsletter, { now, kind, storyIds: undefined, onlyProfiles: true })
		const content = { ...emptyDraft, storyIds: storyIdsOf(usualOf(chosen).variants) }
		const by = saverOf(actor)
		const made = await insertDraft(tx, { newsletterId, kind, content, now, by })
		if (made === undefined) return (await findCurrentDraft(tx, { newsletterId, kind }))?.id
		await recordAudit({ db: tx, clock: deps.clock }, { actor, action: 'prepare', subject: `draft:${made}` })
		return made
	})
	if (id === undefined) throw new AppError('conflict', 'errors.draft.busy')
	return getDraft(deps, id)
}

/** The letter that is being written: the one there is, else a new one without a word. */
export async function openLetter(deps: Deps, newsletterId: number, actor: Actor): Promise<Draft> {
	const now = deps.clock.now()
	const whose = { newsletterId, kind: 'each', isLetter: true } as const
	const id = await deps.db.transaction().execute(async (tx) => {
		const made = await insertDraft(tx, { ...whose, content: emptyDraft, now, by: saverOf(actor) })
		if (made === undefined) return (await findCurrentDraft(tx, whose))?.id
		await recordAudit({ db: tx, clock: deps.clock }, { actor, action: 'prepare', subject: `draft:${made}` })
		return made
	})
	if (id === undefined) throw new AppError('conflict', 'errors.draft.busy')
	return getDraft(deps, id)
}

/** The draft with this id; throws `not_found`. */
export async function getDraft({ db }: { db: Database }, id: number): Promise<Draft> {
	const draft = await findDraft(db, id)
	if (!draft) throw new AppError('not_found', 'errors.draft.not_found')
	return draft
}

export function saverOf(actor: Actor): Saver {
	if (actor.kind === 'member') return { memberId: actor.id, name: actor.name }
	return { memberId: null, name: actorName(actor) }
}
