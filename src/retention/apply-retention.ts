import { pruneAudit } from '../audit/index.ts'
import { type PruneReportsDeps, pruneReports } from '../bounces/index.ts'
import { type PruneLedgersDeps, pruneLedgers } from '../deliveries/index.ts'
import { pruneDrafts } from '../digests/index.ts'
import type { DataKind } from '../kernel/enumerations.ts'
import type { Limiter } from '../kernel/limiter.ts'
import { pruneSessions } from '../staff/index.ts'
import {
	type EraseDeps,
	eraseFormerReaders,
	type PruneDeps,
	pruneImports,
	pruneNotices,
	pruneReceipts,
	pruneUnconfirmed,
} from '../subscriptions/index.ts'
import { pruneWebhooks } from '../webhooks/index.ts'
import type { RetentionConfig } from './kinds-of-data.ts'
import { putRuns } from './store.ts'

export type ApplyRetentionDeps = PruneDeps &
	PruneReportsDeps &
	PruneLedgersDeps &
	EraseDeps & { limiter: Pick<Limiter, 'forgetExpired'>; config: RetentionConfig }

/** Gives how much of each kind went; of a kind that is kept for good it says nothing. */
type Prune = (deps: ApplyRetentionDeps) => Promise<Partial<Record<DataKind, number>>>

// who left long ago first: their receipts go on without them
const prunes: readonly Prune[] = [
	pruneUnconfirmed,
	eraseFormerReaders,
	pruneReceipts,
	pruneNotices,
	pruneReports,
	pruneLedgers,
	pruneAudit,
	pruneDrafts,
	pruneSessions,
	pruneImports,
	pruneWebhooks,
	async ({ limiter }) => ({ limits: await limiter.forgetExpired() }),
]

/**
 * Forgets what has been kept for long enough (GDPR art. 5(1)(e)), and writes down how much of each kind went. What fails does
 * not keep the rest from going; it rejects at the end, so that the job is tried again.
 */
export async function applyRetention(deps: ApplyRetentionDeps): Promise<void> {
	const failures: unknown[] = []
	for (const prune of prunes) {
		try {
			await putRuns(deps.db, await prune(deps), deps.clock.now())
		} catch (error) {
			failures.push(error)
		}
	}
	if (failures.length > 0) throw new AggregateError(failures, 'not all that is too old could be forgotten')
}
