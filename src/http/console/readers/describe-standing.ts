import type { SubscriptionState, SuppressionReason } from '../../../kernel/enumerations.ts'

/** How somebody stands with a newsletter: a word of the string catalogs, its icon, and the day that belongs to it. */
export type Standing = {
	name: SubscriptionState | 'paused' | `out_${SuppressionReason}`
	icon: 'waits' | 'paused' | 'out' | null
	at: Date | null
}

export function describeStanding(
	{
		state,
		unsubscribedAt,
		pausedUntil,
		suppression,
	}: {
		state: SubscriptionState
		unsubscribedAt: Date | null
		pausedUntil: Date | null
		suppression: SuppressionReason | null
	},
	now: Date,
): Standing {
	if (state === 'pending') return { name: 'pending', icon: 'waits', at: null }
	if (state === 'unsubscribed') return { name: 'unsubscribed', icon: null, at: unsubscribedAt }
	if (suppression) return { name: `out_${suppression}`, icon: 'out', at: null }
	if (pausedUntil && pausedUntil > now) return { name: 'paused', icon: 'paused', at: pausedUntil }
	return { name: 'active', icon: null, at: null }
}
