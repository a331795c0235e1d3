export type { Choice } from './choose-stories.ts'
export { type CompleteDeps, completeDigest } from './complete-digest.ts'
export { dropMissed, listMissed, type MissedDigest, sendMissed } from './decide-missed.ts'
export {
	type Digest,
	type DigestSlot,
	type DigestStory,
	digestSlots,
	type Rendition,
	type RenditionSummary,
} from './digest.ts'
export { type DigestFigures, digestFigures } from './digest-figures.ts'
export { type DigestProgress, digestProgress } from './digest-progress.ts'
export { findWebVersion } from './find-web-version.ts'
export { getDigest, listDigests } from './list-digests.ts'
export { type LiveProgress, liveProgress } from './live-progress.ts'
export { type PreviewOptions, previewDigest } from './preview-digest.ts'
export { type GivenPattern, maxHtmlBytes, newsletterUrl } from './render-digest.ts'
export { reportStalls } from './report-stalls.ts'
export { runSchedule } from './run-schedule.ts'
export {
	keepLedgerSums,
	lockPlanning,
	markCancelled,
	markPaused,
	markPlanned,
	markReopened,
	markResumed,
	type StoredRendition,
	selectDigestState,
	selectDigestsEndedBefore,
	selectOpenDigests,
	selectRenditions,
} from './store.ts'
export { reconcileSchedules, syncSchedules } from './sync-schedules.ts'
export { type Triggered, type TriggerRequest, triggerDigest } from './trigger-digest.ts'
export { createProgressWatch, type ProgressWatch, type WatchedProgress } from './watch-progress.ts'
