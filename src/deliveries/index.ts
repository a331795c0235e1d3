export { cancelSending } from './cancel-sending.ts'
export { type ComposeMessageDeps, composeMessage } from './compose-message.ts'
export {
	type DeliveryKey,
	envelopeIdOf,
	readEnvelopeId,
	readMessageId,
	readReturnPath,
} from './delivery-tokens.ts'
export { forgetReplies } from './forget-replies.ts'
export type { LaneEnd } from './lane/lane.ts'
export { type Delivery, exportDeliveries, listDeliveries } from './list-deliveries.ts'
export { markReturned } from './mark-returned.ts'
export { createDailyCeiling, type DailyCeiling } from './pacing/daily-ceiling.ts'
export { createDomainThrottle, type DomainThrottle } from './pacing/domain-throttle.ts'
export { countPauses, listPauses, type SendingPause } from './pacing/list-pauses.ts'
export { noteOutOfStep } from './pacing/note-out-of-step.ts'
export { pauseDomain } from './pacing/pause-domain.ts'
export { planDigest } from './plan-digest.ts'
export { providerOf } from './providers/mail-providers.ts'
export { type ProviderFigures, providersOfDigest } from './providers/providers-of-digest.ts'
export { type PruneLedgersDeps, pruneLedgers } from './prune-ledgers.ts'
export { reconcileDeliveries } from './reconcile-deliveries.ts'
export { endHolds } from './relays/end-holds.ts'
export type { RelayHold } from './relays/relay-health.ts'
export { RelayPool, type RelayPoolOptions } from './relays/relay-pool.ts'
export { resumeRelays } from './relays/resume-relays.ts'
export { listRelayTests, type RelayTest, testRelays } from './relays/test-relays.ts'
export { forecastResend, type ResendState, type Resent, resendDeliveries } from './resend-deliveries.ts'
export { resumeSending } from './resume-sending.ts'
export { type SendDeps, sendDigest } from './send-digest.ts'
export { sendTestDigest, type TestRequest, type TestResult, type TestSent } from './send-test-digest.ts'
export { findUnrecordedRefusals, takeRefusals, type UnrecordedRefusal } from './take-refusals.ts'
