export { chooseLocale } from './choose-locale.ts'
export {
	type ConfirmationView,
	type Confirming,
	confirmSubscription,
	viewConfirmation,
} from './confirm-subscription.ts'
export { giveLeavingReason, leavingReasons, maxLeavingComment } from './give-leaving-reason.ts'
export { isStamped, stampForm } from './judge-form.ts'
export { pruneUnconfirmed } from './prune-unconfirmed.ts'
export { reconcileNotices } from './reconcile-notices.ts'
export { resendConfirmation } from './resend-confirmation.ts'
export { resubscribe } from './resubscribe.ts'
export { sendNotice } from './send-notice.ts'
export { signupProofSeconds } from './signup-proof.ts'
export { type Signup, subscribe } from './subscribe.ts'
export { unsubscribe } from './unsubscribe.ts'
export { unsubscribeUrl } from './unsubscribe-url.ts'
export { type LeavingView, viewLeaving } from './view-leaving.ts'
