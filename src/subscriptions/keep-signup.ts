import type { JobCatalog } from '../jobs/catalog.ts'
import type { Database } from '../kernel/database.ts'
import { inBatches } from '../kernel/in-batches.ts'
import type { Jobs } from '../kernel/jobs.ts'
import { addWaitingSignups, type WaitingSignup } from './store/waiting-signups.ts'

/** Keeps a sign-up: once this resolves, no crash loses it. */
export type KeepSignup = (signup: WaitingSignup) => Promise<void>

/** What one statement keeps at most. */
const most = 100

/** Those that come at once share one commit and one job. */
export function createKeepSignup({
	db,
	jobs,
}: {
	db: Database
	jobs: Pick<Jobs<JobCatalog>, 'enqueue'>
}): KeepSignup {
	return inBatches(async (signups) => {
		await addWaitingSignups(db, signups)
		await jobs.enqueue('record-signups', {})
		return signups.map(() => undefined)
	}, most)
}
