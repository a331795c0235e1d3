import { AppError } from '../../kernel/app-error.ts'
import { latestOccurrence } from '../../kernel/cron.ts'
import type { Rhythm } from '../../kernel/enumerations.ts'
import { findNewsletter, type Schedule } from '../../newsletters/index.ts'
import { keepSent, wishOf } from '../drafts/start-draft.ts'
import { findCurrentDraft } from '../drafts/store.ts'
import { type TriggerDeps, triggerDigest } from '../trigger-digest.ts'
import { dueFrom, isQuiet } from './quiet-hours.ts'
import { keyOf, scheduleOf } from './schedule-of.ts'
import { findKeptSchedule, insertMissed, keepSchedule, type Whose } from './store.ts'

/** An occurrence that is found later than this, as after a long standstill, is not sent unasked. */
const usualMisfireMinutes = 720

/**
 * Triggers the digest of the latest occurrence of a newsletter's schedule, once however often it is called. Where
 * nothing is new, or the newsletter lacks what a digest needs, the log says so and the occurrence is over. In quiet hours
 * it is left for later; what is found too late waits for staff to decide.
 */
export async function runSchedule(
	deps: TriggerDeps,
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
	if (isQuiet(schedule, now)) {
		deps.log.info({ newsletterId, occurrence }, 'a scheduled digest waits for the end of the quiet hours')
		return
	}
	const lateMinutes = (now.getTime() - dueFrom(schedule, occurrence).getTime()) / 60_000
	if (lateMinutes > (schedule.misfireMinutes ?? usualMisfireMinutes)) {
		await insertMissed(deps.db, { newsletterId, kind, occurrence, now })
		deps.log.warn(
			{ newsletterId, occurrence },
			'a scheduled digest is too late to be sent unasked: staff decides',
		)
	} else await triggerOnce(deps, { newsletterId, kind }, occurrence)
	await keepSchedule(deps.db, { newsletterId, kind }, { ...schedule, lastOccurrence: occurrence })
}

/** Whether the occurrence has not been dealt with; a schedule that was changed just now first comes up later. */
async function isDue(
	{ db }: TriggerDeps,
	whose: Whose,
	schedule: Schedule,
	occurrence: Date,
): Promise<boolean> {
	const kept = await findKeptSchedule(db, whose)
	return (
		kept?.cron === schedule.cron && kept.timeZone === schedule.timeZone && occurrence > kept.lastOccurrence
	)
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
