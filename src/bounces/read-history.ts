import type { DatabaseOrTransaction } from '../kernel/database.ts'
import { countsAsFailure, type HistoryEntry, type JudgedEvent, type PolicySettings } from './decide-policy.ts'
import { findFreshSince, selectAccepted, selectReported } from './store.ts'

/**
 * Reads what the policy needs to know of an address, and no more of it than the event asks for. `outdated`: a bounce of
 * before the address was confirmed anew or staff lifted its suppression, so that nothing follows from it.
 */
export async function readHistory(
	tx: DatabaseOrTransaction,
	addressHash: string,
	event: JudgedEvent,
	settings: PolicySettings,
): Promise<HistoryEntry[] | 'outdated'> {
	if (event.kind !== 'bounce') return []
	const since = await findFreshSince(tx, addressHash)
	if (since && event.occurredAt < since) return 'outdated'
	if (!countsAsFailure(event)) return []
	const reported = await selectReported(tx, addressHash, since)
	const failed = reported.filter(({ outcome }) => outcome === 'failed')
	// the ledger need not be asked while there are too few failures anyway
	if (failed.length < settings.softInARow) return reported
	const fromDigest = Math.min(...failed.map(({ digestId }) => digestId))
	return [...reported, ...(await selectAccepted(tx, addressHash, fromDigest))]
}
