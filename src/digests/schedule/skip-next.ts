import { recordAudit } from '../../audit/index.ts'
import type { Actor } from '../../kernel/actor.ts'
import { AppError } from '../../kernel/app-error.ts'
import type { Clock } from '../../kernel/clock.ts'
import { nextOccurrence } from '../../kernel/cron.ts'
import type { Database, DatabaseOrTransaction } from '../../kernel/database.ts'
import type { Rhythm } from '../../kernel/enumerations.ts'
import { getNewsletter, goingOf, type Newsletter } from '../../newsletters/index.ts'
import { scheduleOf } from './schedule-of.ts'
import { findKeptSchedule, setSkippedUntil } from './store.ts'

type Deps = { db: Database; clock: Clock }

/** Leaves the next occurrence of a newsletter's schedule out, or takes that back. Throws `conflict` where it has no schedule. */
export async function skipNext(
	{ db, clock }: Deps,
	newsletterId: number,
	{ skip, kind = 'each', actor }: { skip: boolean; kind?: Rhythm; actor: Actor },
): Promise<void> {
	await db.transaction().execute(async (tx) => {
		const newsletter = await getNewsletter({ db: tx }, { id: newsletterId })
		const schedule = scheduleOf(newsletter, kind)
		if (!schedule) throw new AppError('conflict', 'errors.digest.no_schedule')
		const next = nextOccurrence(schedule, clock.now())
		if (!(await setSkippedUntil(tx, { newsletterId, kind }, skip ? next : null))) {
			throw new AppError('conflict', 'errors.digest.no_schedule')
		}
		const entry = {
			actor,
			action: skip ? ('skip' as const) : ('unskip' as const),
			subject: `newsletter:${newsletter.slug}`,
		}
		await recordAudit({ db: tx, clock }, { ...entry, detail: next.toISOString() })
	})
}

/**
 * When a newsletter's schedule comes up next, when what it makes then goes out by itself (null: not by itself), and whether it
 * is left out; undefined where it has none.
 */
export async function findNext(
	db: DatabaseOrTransaction,
	newsletter: Newsletter,
	{ kind = 'each', now }: { kind?: Rhythm; now: Date },
): Promise<{ at: Date; goesAt: Date | null; skipped: boolean } | undefined> {
	const schedule = scheduleOf(newsletter, kind)
	if (!schedule) return undefined
	const at = nextOccurrence(schedule, now)
	const kept = await findKeptSchedule(db, { newsletterId: newsletter.id, kind })
	return { at, goesAt: goingOf(schedule, at), skipped: kept?.skippedUntil != null && at <= kept.skippedUntil }
}
