export { type ComposeMessageDeps, composeMessage } from './compose-message.ts'
export { type ControlDeps, cancelDigest, pauseDigest, resumeDigest } from './control-digest.ts'
export {
	type DeliveryKey,
	envelopeIdOf,
	readEnvelopeId,
	readMessageId,
	readReturnPath,
} from './delivery-tokens.ts'
export type { LaneEnd } from './lane.ts'
export { type Delivery, exportDeliveries, listDeliveries } from './list-deliveries.ts'
export { markReturned } from './mark-returned.ts'
export type { RelayHold } from './outlet.ts'
export { createDailyCeiling, type DailyCeiling } from './pacing/daily-ceiling.ts'
export { createDomainGate, type DomainGate } from './pacing/domain-gate.ts'
export { liftHolds } from './pacing/follow-holds.ts'
export { leaveDomainAlone } from './pacing/leave-domain-alone.ts'
export { countPauses, listPauses, type SendingPause } from './pacing/list-pauses.ts'
export { noteOutOfStep } from './pacing/note-out-of-step.ts'
export { resumeRelays } from './pacing/resume-relays.ts'
export { planDigest } from './plan-digest.ts'
export { type PruneLedgersDeps, pruneLedgers } from './prune-ledgers.ts'
export { reconcileDeliveries } from './reconcile-deliveries.ts'
export { createRelay, type Relay, type RelayOptions } from './relay.ts'
export { type ResendState, type Resent, resendDeliveries } from './resend-deliveries.ts'
export { type SendDeps, sendDigest } from './send-digest.ts'
export { sendTestDigest, type TestRequest, type TestResult, type TestSent } from './send-test-digest.ts'
export { findUnrecordedRefusals, takeRefusals, type UnrecordedRefusal } from './take-refusals.ts'
