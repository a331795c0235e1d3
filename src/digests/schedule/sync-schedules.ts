import type { JobCatalog } from '../../jobs/catalog.ts'
import type { Clock } from '../../kernel/clock.ts'
import { latestOccurrence } from '../../kernel/cron.ts'
import type { Database } from '../../kernel/database.ts'
import { type Rhythm, rhythms } from '../../kernel/enumerations.ts'
import type { Jobs } from '../../kernel/jobs.ts'
import { listNewsletters, type Newsletter } from '../../newsletters/index.ts'
import { scheduleOf } from './schedule-of.ts'
import { findKeptSchedule, forgetSchedule, type KeptSchedule, keepSchedule } from './store.ts'

type Deps = { db: Database; clock: Clock; jobs: Jobs<JobCatalog> }

/**
 * Makes the repetitions of the queue what the newsletters' settings say: at the start of the workers, and after a
 * newsletter was changed. A schedule that is new or changed first comes up in the future.
 */
export async function syncSchedules(deps: Deps): Promise<void> {
	for (const newsletter of await listNewsletters(deps)) {
		for (const kind of rhythms) await syncSchedule(deps, newsletter, kind)
	}
}

/**
 * Finds what the queue has missed: schedules that were changed without its being told, and occurrences that have passed
 * without being dealt with.
 */
export async function reconcileSchedules(deps: Deps): Promise<void> {
	for (const newsletter of await listNewsletters(deps)) {
		for (const kind of rhythms) await reconcileSchedule(deps, newsletter, kind)
	}
}

async function reconcileSchedule(deps: Deps, newsletter: Newsletter, kind: Rhythm): Promise<void> {
	const newsletterId = newsletter.id
	const schedule = scheduleOf(newsletter, kind)
	const kept = await findKeptSchedule(deps.db, { newsletterId, kind })
	if (kept?.cron !== schedule?.cron || kept?.timeZone !== schedule?.timeZone || isAhead(deps, kept)) {
		await syncSchedule(deps, newsletter, kind)
	} else if (kept && schedule && latestOccurrence(schedule, deps.clock.now()) > kept.lastOccurrence) {
		await deps.jobs.enqueue('run-schedule', { newsletterId, kind }, { dedupe: `${newsletterId}/${kind}` })
	}
}

async function syncSchedule({ db, clock, jobs }: Deps, newsletter: Newsletter, kind: Rhythm): Promise<void> {
	const whose = { newsletterId: newsletter.id, kind }
	const schedule = scheduleOf(newsletter, kind)
	const key = `${kind === 'each' ? 'digest' : 'round-up'}-of-newsletter-${newsletter.id}`
	if (!schedule) {
		await jobs.unschedule(key, 'run-schedule')
		return forgetSchedule(db, whose)
	}
	const kept = await findKeptSchedule(db, whose)
	if (kept?.cron !== schedule.cron || kept.timeZone !== schedule.timeZone || isAhead({ clock }, kept)) {
		await keepSchedule(db, whose, { ...schedule, lastOccurrence: latestOccurrence(schedule, clock.now()) })
	}
	await jobs.schedule(key, schedule, 'run-schedule', whose)
}

const minuteMs = 60_000

/**
 * Whether a clock that was ahead has already dealt with what is still to come. What it made a digest of stays one
 * digest, known by its occurrence; what comes up until then must not be left out.
 */
function isAhead({ clock }: Pick<Deps, 'clock'>, kept: KeptSchedule | undefined): boolean {
	return kept !== undefined && kept.lastOccurrence.getTime() > clock.now().getTime() + minuteMs
}
