import { findUnrecordedRefusals } from '../deliveries/index.ts'
import type { JobCatalog } from '../jobs/catalog.ts'
import type { Database } from '../kernel/database.ts'
import type { Jobs } from '../kernel/jobs.ts'
import { selectUnread } from './store/reports.ts'

type Deps = { db: Database; jobs: Pick<Jobs<JobCatalog>, 'enqueue'> }

const batchSize = 1_000

/** Puts back what the queue has lost: reports that nobody has read, and refusals that are not recorded. */
export async function reconcileBounces({ db, jobs }: Deps): Promise<void> {
	for (const reportId of await selectUnread(db, batchSize)) {
		await jobs.enqueue('read-report', { reportId }, { dedupe: String(reportId) })
	}
	for (const digestId of await findUnrecordedRefusals({ db })) {
		await jobs.enqueue('record-refusals', { digestId }, { dedupe: String(digestId) })
	}
}
