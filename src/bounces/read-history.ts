import { addDays } from '../kernel/clock.ts'
import type { DatabaseOrTransaction } from '../kernel/database.ts'
import { countsAsFailure, type HistoryEntry, type JudgedEvent, type PolicySettings } from './decide-policy.ts'
import { findFreshSince, findPlannedAt, selectAccepted, selectReported } from './store/history.ts'

/** Servers give up after days (RFC 5321 §4.5.4.1), gateways behind them after some more. Then a return path is worth nothing. */
const mayComeBackDays = 30

/**
 * Reads what the policy needs to know of an address, and no more of it than the event asks for. `outdated`: a bounce of
 * before the address was confirmed anew or staff lifted its suppression, or of mail from before that, or from so long
 * ago that no server has it any more; nothing follows from it.
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
	const mailedAt = await findPlannedAt(tx, event.digestId)
	if (mailedAt && since && mailedAt < since) return 'outdated'
	if (mailedAt && event.occurredAt > addDays(mailedAt, mayComeBackDays)) return 'outdated'
	if (!countsAsFailure(event)) return []
	const reported = await selectReported(tx, addressHash, since)
	const failed = reported.filter(({ outcome }) => outcome === 'failed')
	// the ledger need not be asked while there are too few failures anyway
	if (failed.length < settings.softInARow) return reported
	const fromDigest = Math.min(...failed.map(({ digestId }) => digestId))
	return [...reported, ...(await selectAccepted(tx, addressHash, fromDigest))]
}
