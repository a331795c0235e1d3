import { reviveSubscription } from './store/subscriptions.ts'
import { changeByLink, type Leaving, type LeavingDeps } from './unsubscribe.ts'
import { canUndo, type LeavingView } from './view-leaving.ts'

/**
 * Takes back what `unsubscribe` did, by the same signed link, within `undoDays`. Where it is too late the view says
 * that the person has left, and a new sign-up is the way.
 */
export async function resubscribe(
	deps: LeavingDeps,
	leaving: Leaving,
): Promise<LeavingView | 'forged' | 'erased'> {
	return changeByLink(deps, leaving, 'resubscribed', async (tx, subscription, now) => {
		if (!canUndo(subscription, now)) return false
		await reviveSubscription(tx, subscription.id, now)
		return true
	})
}
