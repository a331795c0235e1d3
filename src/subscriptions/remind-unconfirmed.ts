import type { JobCatalog } from '../jobs/catalog.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import type { Jobs } from '../kernel/jobs.ts'
import { addReminders } from './store/purposes.ts'

export type RemindDeps = {
	db: Database
	clock: Clock
	jobs: Pick<Jobs<JobCatalog>, 'enqueue'>
	/** `reminderDays`: 0 where nobody is to be reminded. */
	config: { reminderDays: number; unconfirmedDays: number }
}

/** Reminds those who signed up some days ago and have not confirmed, once; not where they are forgotten before. */
export async function remindUnconfirmed({ db, clock, jobs, config }: RemindDeps): Promise<void> {
	const { reminderDays: days, unconfirmedDays } = config
	if (days === 0 || days >= unconfirmedDays) return
	for (const noticeId of await addReminders(db, { days, now: clock.now() })) {
		await jobs.enqueue('send-notice', { noticeId }, { dedupe: String(noticeId) })
	}
}
