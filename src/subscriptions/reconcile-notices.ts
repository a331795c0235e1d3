import type { JobCatalog } from '../jobs/catalog.ts'
import { addSeconds, type Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import type { Jobs } from '../kernel/jobs.ts'
import type { Log } from '../kernel/log.ts'
import { doubtNoticesBegunBefore, listDueNotices } from './store/notices.ts'

export type ReconcileDeps = { db: Database; clock: Clock; log: Log; jobs: Pick<Jobs<JobCatalog>, 'enqueue'> }

const lostAfterSeconds = 300
const atOnce = 1_000

/**
 * Puts jobs back that the queue has lost, as the database knows what is due. A notice whose worker was lost in the
 * middle may have gone out: it becomes in doubt, and the person can simply sign up again.
 */
export async function reconcileNotices({ db, clock, log, jobs }: ReconcileDeps): Promise<void> {
	const now = clock.now()
	const doubted = await doubtNoticesBegunBefore(db, addSeconds(now, -lostAfterSeconds), now)
	if (doubted > 0) log.warn({ notices: doubted }, 'notices are in doubt: their worker was lost')
	for (const noticeId of await listDueNotices(db, now, atOnce)) {
		await jobs.enqueue('send-notice', { noticeId }, { dedupe: String(noticeId) })
	}
}
