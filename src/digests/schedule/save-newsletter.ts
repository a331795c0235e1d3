import type { JobCatalog } from '../../jobs/catalog.ts'
import type { Actor } from '../../kernel/actor.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database.ts'
import type { Jobs } from '../../kernel/jobs.ts'
import type { Log } from '../../kernel/log.ts'
import {
	changeNewsletter,
	createNewsletter,
	type Newsletter,
	type NewsletterChanges,
	type NewsletterInput,
} from '../../newsletters/index.ts'
import { fillArchive } from '../archive/fill-archive.ts'
import { moveWaitingDrafts } from './move-waiting-drafts.ts'
import { syncSchedules } from './sync-schedules.ts'

type Deps = { db: Database; clock: Clock; jobs: Jobs<JobCatalog>; log: Log }

/** As `createNewsletter`, and its schedule is queued. */
export async function createScheduledNewsletter(
	deps: Deps,
	input: NewsletterInput,
	actor: Actor,
): Promise<Newsletter> {
	const made = await createNewsletter(deps, input, actor)
	if (made.schedule || made.roundUp) await queueSchedules(deps)
	return made
}

/**
 * As `changeNewsletter`, and a schedule that is among the changes is queued anew, also for the draft that it made; an archive is filled with what went out before.
 */
export async function changeScheduledNewsletter(
	deps: Deps,
	slug: string,
	changes: NewsletterChanges,
	actor: Actor,
): Promise<Newsletter> {
	const changed = await changeNewsletter(deps, slug, changes, actor)
	if (changes.schedule !== undefined || changes.roundUp !== undefined) {
		await moveWaitingDrafts(deps, changed)
		await queueSchedules(deps)
	}
	if (changes.archive !== undefined && changed.archive !== 'off') await fillArchive(deps, changed)
	return changed
}

/** The settings are stored: where the queue doesn't answer, the reconciler brings the schedule up later. */
async function queueSchedules(deps: Deps): Promise<void> {
	try {
		await syncSchedules(deps)
	} catch (error) {
		deps.log.warn({ err: error }, 'the schedules could not be queued')
	}
}
