import type { SuppressionReason } from '../kernel/enumerations.ts'

/**
 * Whether a person ends a suppression by confirming a sign-up: the mailbox that was thought dead has shown that it
 * lives, or who was erased wants to be back. A complaint, or a request to staff, is ended by staff alone.
 */
export function isLiftedByConfirming(reason: SuppressionReason): boolean {
	return reason === 'dead_address' || reason === 'mailbox_unusable' || reason === 'erased'
}
