import type { SubscriptionState, SuppressionReason } from '../kernel/enumerations.ts'
import { isLiftedByConfirming } from '../suppressions/index.ts'

/**
 * What a confirmation link is worth at the moment.
 * `open`: it can be confirmed · `confirmed`: it is already · `expired` · `spent`: it was used, and the person has left
 * since · `barred`: the person asked never to be mailed, which only staff can take back.
 */
export type ConfirmationStanding = 'open' | 'confirmed' | 'expired' | 'spent' | 'barred'

export function judgeConfirmation(
	link: {
		usedAt: Date | null
		expiresAt: Date
		state: SubscriptionState
		suppression: SuppressionReason | null
	},
	now: Date,
): ConfirmationStanding {
	if (link.suppression && !isLiftedByConfirming(link.suppression)) return 'barred'
	if (link.state === 'active' && !link.suppression) return 'confirmed'
	if (link.usedAt) return 'spent'
	return link.expiresAt <= now ? 'expired' : 'open'
}
