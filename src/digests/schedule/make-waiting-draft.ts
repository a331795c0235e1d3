import { recordAudit } from '../../audit/index.ts'
import { schedule as scheduleActor } from '../../kernel/actor.ts'
import { addSeconds } from '../../kernel/clock.ts'
import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import { getNewsletter, goingOf, lockNewsletter, type Schedule } from '../../newsletters/index.ts'
import { chooseDigest } from '../choosing/choose-digest.ts'
import { storyIdsOf, usualOf } from '../choosing/usual-of.ts'
import { approvalOf } from '../drafts/approve-draft.ts'
import { saverOf } from '../drafts/open-draft.ts'
import { findBeside } from '../drafts/read-story-groups.ts'
import { type SendWaitingDeps, sendWaiting } from '../drafts/send-waiting.ts'
import { hasDraftOf, holdDraftRow, releaseDraftRow, setOccurrence } from '../drafts/store/waiting.ts'
import {
	type Draft,
	emptyDraft,
	findCurrentDraft,
	findDraft,
	insertDraft,
	insertVersion,
	lockDraft,
} from '../drafts/store.ts'
import { newsletterFor } from '../newsletter-for.ts'
import { findTriggered } from '../store/digests.ts'
import { isDue } from './is-due.ts'
import { keyOf } from './schedule-of.ts'
import { keepSchedule, type Whose } from './store.ts'

/** Of a newsletter's schedule, when it came up. */
type Occurrence = { whose: Whose; schedule: Schedule; occurrence: Date }

/**
 * Makes the draft of an occurrence of the schedule, once however often it is called, and notes that the occurrence is dealt
 * with in the same transaction. A draft that somebody began is the one; so is the draft of an occurrence before that has not
 * gone out, with what is new since. Nothing new makes no draft.
 */
export async function makeWaitingDraft(deps: SendWaitingDeps, it: Occurrence): Promise<void> {
	const before = await findCurrentDraft(deps.db, it.whose)
	// its own time comes first, even where it is this very moment
	if (before) await sendWaiting(deps, before)
	const draft = await deps.db.transaction().execute(async (tx) => {
		await lockNewsletter(tx, it.whose.newsletterId)
		if (!(await isDue({ db: tx }, it.whose, it.schedule, it.occurrence))) return undefined
		const id = await takeOrMake(deps, tx, it)
		await keepSchedule(tx, it.whose, { ...it.schedule, lastOccurrence: it.occurrence })
		return id === undefined ? undefined : await findDraft(tx, id)
	})
	if (!draft) return
	deps.log.info({ draftId: draft.id, occurrence: it.occurrence }, 'a draft was made for staff to look at')
	if (draft.goesAt && !draft.heldAt) {
		const delayMs = Math.max(0, draft.goesAt.getTime() - deps.clock.now().getTime())
		await deps.jobs.enqueue('start-draft', { draftId: draft.id }, { delayMs, dedupe: `${draft.id}` })
	}
}

async function takeOrMake(
	deps: SendWaitingDeps,
	tx: DatabaseOrTransaction,
	{ whose, schedule, occurrence }: Occurrence,
): Promise<number | undefined> {
	const { newsletterId, kind } = whose
	// a clock that was ahead has dealt with it
	if (await hasDraftOf(tx, { ...whose, occurrence })) return undefined
	if (await findTriggered(tx, newsletterId, `schedule:${keyOf(kind, occurrence)}`)) return undefined
	const found = await findCurrentDraft(tx, whose)
	const before = found && (await lockDraft(tx, found.id))
	// its time is set already, by a person
	if (before?.state === 'starting') return undefined
	const now = deps.clock.now()
	const fresh = await chooseNew(tx, whose, now)
	const id =
		before?.state === 'open' ? await takeOver(deps, tx, before, fresh) : await make(deps, tx, whose, fresh)
	if (id === undefined) {
		deps.log.info({ newsletterId, occurrence }, 'no draft was made: there are no new stories')
		return undefined
	}
	const goesAt = goingOf(schedule, occurrence)
	const firstOccurrence = before?.firstOccurrence ?? occurrence
	await setOccurrence(tx, id, { occurrence, firstOccurrence, goesAt })
	// what a person holds stays so until a person lets it go
	if (before?.heldWhy === 'person') return id
	await releaseDraftRow(tx, id)
	// found so late that nobody had the time to look
	if (goesAt && goesAt <= addSeconds(now, 60)) await holdDraftRow(tx, id, { why: 'late', at: now })
	return id
}

/** What a digest would bring now, as ids of stories. */
async function chooseNew(
	tx: DatabaseOrTransaction,
	{ newsletterId, kind }: Whose,
	now: Date,
): Promise<readonly number[]> {
	const newsletter = await newsletterFor(tx, await getNewsletter({ db: tx }, { id: newsletterId }), {
		kind,
		now,
	})
	const chosen = await chooseDigest(tx, newsletter, { now, kind, storyIds: undefined, onlyProfiles: true })
	// a round-up that nobody wants is none
	if (kind === 'round_up' && chosen.profiles.every(({ profile }) => profile.readers === 0)) return []
	return storyIdsOf(usualOf(chosen).variants)
}

async function make(
	{ clock }: SendWaitingDeps,
	tx: DatabaseOrTransaction,
	{ newsletterId, kind }: Whose,
	storyIds: readonly number[],
): Promise<number | undefined> {
	if (storyIds.length === 0) return undefined
	const draft = { newsletterId, kind, content: { ...emptyDraft, storyIds }, now: clock.now() }
	const id = await insertDraft(tx, { ...draft, by: saverOf(scheduleActor) })
	if (id === undefined) throw new Error('a draft was begun at this very moment')
	await recordAudit({ db: tx, clock }, { actor: scheduleActor, action: 'prepare', subject: `draft:${id}` })
	return id
}

/** What somebody began stays as it is; to what an occurrence before has left comes what is new since. */
async function takeOver(
	{ clock }: SendWaitingDeps,
	tx: DatabaseOrTransaction,
	draft: Draft,
	fresh: readonly number[],
): Promise<number> {
	if (draft.occurrence === null) return draft.id
	const newer = (await findBeside(tx, draft, fresh)).map(({ id }) => id)
	if (newer.length > 0) {
		const content = { ...draft.content, storyIds: [...draft.content.storyIds, ...newer] }
		const version = { draftId: draft.id, parentId: draft.versionId, content, now: clock.now() }
		// what a member wrote stays theirs: where a second person has to approve it, that is asked for as before
		const { savedById } = await approvalOf({ db: tx }, draft.id)
		const writer = savedById === null ? saverOf(scheduleActor) : { memberId: savedById, name: draft.savedBy }
		await insertVersion(tx, { ...version, by: writer })
		const entry = { action: 'change' as const, subject: `draft:${draft.id}` }
		await recordAudit({ db: tx, clock }, { actor: scheduleActor, ...entry })
	}
	return draft.id
}
