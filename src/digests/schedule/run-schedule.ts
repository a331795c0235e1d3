import { AppError } from '../../kernel/app-error.ts'
import { latestOccurrence } from '../../kernel/cron.ts'
import type { Rhythm } from '../../kernel/enumerations.ts'
import { findNewsletter } from '../../newsletters/index.ts'
import { approvalOf, lacksApproval } from '../drafts/approve-draft.ts'
import { keepSent } from '../drafts/keep-sent.ts'
import type { SendWaitingDeps } from '../drafts/send-waiting.ts'
import { findCurrentDraft } from '../drafts/store.ts'
import { wishOf } from '../drafts/wish-of.ts'
import { type TriggerDeps, triggerDigest } from '../trigger-digest.ts'
import { isDue } from './is-due.ts'
import { isTooLate } from './is-too-late.ts'
import { makeWaitingDraft } from './make-waiting-draft.ts'
import { isQuiet } from './quiet-hours.ts'
import { keyOf, scheduleOf } from './schedule-of.ts'
import { findKeptSchedule, insertMissed, keepSchedule, type Whose } from './store.ts'

/**
 * Triggers the digest of the latest occurrence of a newsletter's schedule, or makes its draft where that comes first, once
 * however often it is called. Where nothing is new, or the newsletter lacks what a digest needs, the log says so and the occurrence is over. In quiet hours
 * it is left for later; what is found too late, or while sending is held after a restore, waits for staff to decide.
 */
export async function runSchedule(
	deps: SendWaitingDeps,
	newsletterId: number,
	kind: Rhythm = 'each',
): Promise<void> {
	const newsletter = await findNewsletter(deps, { id: newsletterId })
	const schedule = newsletter && scheduleOf(newsletter, kind)
	if (!schedule) return
	const occurrence = latestOccurrence(schedule, deps.clock.now())
	if (!(await isDue(deps, { newsletterId, kind }, schedule, occurrence))) return

	const now = deps.clock.now()
	if (await isSkipped(deps, { newsletterId, kind }, occurrence)) {
		deps.log.info({ newsletterId, occurrence }, 'a scheduled digest is skipped, as staff wished')
		await keepSchedule(deps.db, { newsletterId, kind }, { ...schedule, lastOccurrence: occurrence })
		return
	}
	const isHeld = (await deps.installation.findHold()) !== undefined
	if (schedule.draftFirst) {
		// whoever is to look at it has the time that the schedule gives, or it waits for them
		if (isHeld) return
		await makeWaitingDraft(deps, { whose: { newsletterId, kind }, schedule, occurrence })
		return
	}
	if (isQuiet(schedule, now)) {
		deps.log.info({ newsletterId, occurrence }, 'a scheduled digest waits for the end of the quiet hours')
		return
	}
	if (isHeld || isTooLate(schedule, occurrence, now)) {
		await insertMissed(deps.db, { newsletterId, kind, occurrence, now })
		deps.log.warn(
			{ newsletterId, occurrence },
			'a scheduled digest is not sent unasked, late or held as it is: staff decides',
		)
	} else await triggerOnce(deps, { newsletterId, kind }, occurrence)
	await keepSchedule(deps.db, { newsletterId, kind }, { ...schedule, lastOccurrence: occurrence })
}

async function isSkipped({ db }: TriggerDeps, whose: Whose, occurrence: Date): Promise<boolean> {
	const kept = await findKeptSchedule(db, whose)
	return kept?.skippedUntil != null && occurrence <= kept.skippedUntil
}

async function triggerOnce(
	deps: TriggerDeps,
	{ newsletterId, kind }: Whose,
	occurrence: Date,
): Promise<void> {
	try {
		const draft = await findCurrentDraft(deps.db, { newsletterId, kind })
		if (draft?.heldAt) {
			deps.log.warn({ newsletterId, draftId: draft.id }, 'a scheduled digest is not sent: its draft is held')
			return
		}
		if (draft && lacksApproval(await approvalOf(deps, draft.id))) {
			deps.log.warn(
				{ newsletterId, draftId: draft.id },
				'a scheduled digest is not sent: nobody approved its draft',
			)
			return
		}
		await triggerDigest(deps, newsletterId, {
			...(draft && wishOf(draft)),
			by: 'schedule',
			kind,
			key: keyOf(kind, occurrence),
			...(draft && {
				alongside: async (tx, made) => {
					// where it was changed meanwhile the job is done again, with what it says then
					if (made.kind === 'created') await keepSent(tx, draft, made.digest.id)
				},
			}),
		})
	} catch (error) {
		if (!(error instanceof AppError)) throw error
		deps.log.error({ newsletterId, occurrence, err: error }, 'a scheduled digest could not be made')
	}
}
