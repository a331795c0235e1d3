export {
	type ArchiveWords,
	amendArchive,
	archiveOfDigest,
	archiveWords,
	leaveOutOfArchive,
} from './archive/change-archive.ts'
export type { ArchivePage, ListedPage, PageLink, WholePage } from './archive/page.ts'
export { findArchivePage, listArchive, listArchiveYears, readNewest } from './archive/read-archive.ts'
export { planVariants } from './choosing/plan-variants.ts'
export { hasDigest } from './choosing/store/who-has.ts'
export { auditDigest } from './control/audit-digest.ts'
export { cancelDigest } from './control/cancel-digest.ts'
export { type CompleteDeps, completeDigest } from './control/complete-digest.ts'
export { pauseAfterRestore } from './control/pause-after-restore.ts'
export { pauseDigest } from './control/pause-digest.ts'
export { reopenDigest } from './control/reopen-digest.ts'
export { type ResumeAfterRestoreDeps, resumeAfterRestore } from './control/resume-after-restore.ts'
export { resumeDigest } from './control/resume-digest.ts'
export { lockPlanning, markPlanned, selectDigestState, selectOpenDigests } from './control/store.ts'
export {
	type Digest,
	type DigestSlot,
	type DigestStory,
	digestSlots,
	type Rendition,
	type RenditionSummary,
	type Variant,
} from './digest.ts'
export {
	approvalOf,
	approveDraft,
	askApproval,
	isForOther,
	lacksApproval,
	listApprovalNews,
	listAsked,
	lookAtDraft,
	type SeenBefore,
	sendBackDraft,
} from './drafts/approve-draft.ts'
export {
	type DraftStep,
	type DraftTexts,
	dropDraft,
	redoDraft,
	restoreVersion,
	saveDraftTexts,
	stepDraft,
	type TextConflict,
	undoDraft,
} from './drafts/change-draft.ts'
export {
	type Check,
	type CheckDeps,
	type CheckLevel,
	checkDraft,
	type DraftCheck,
	maySend,
} from './drafts/check-draft.ts'
export { addEarlier, type EarlierStoryGroup, listEarlier } from './drafts/earlier-stories.ts'
export { holdDraft, letDraftGo } from './drafts/hold-draft.ts'
export { type DraftVersionInfo, listVersions } from './drafts/list-versions.ts'
export { openCorrection } from './drafts/open-correction.ts'
export { getDraft, openDraft, openLetter } from './drafts/open-draft.ts'
export { draftDays, pruneDrafts } from './drafts/prune-drafts.ts'
export { findNewer, readStoryGroups, type StoryGroup } from './drafts/read-story-groups.ts'
export {
	countdownSeconds,
	reconcileDrafts,
	runStart,
	startDraft,
	undoStart,
} from './drafts/start-draft.ts'
export type { DraftApproval } from './drafts/store/approvals.ts'
export { findCorrection } from './drafts/store/corrections.ts'
export { selectWaitingDrafts as listWaitingDrafts } from './drafts/store/waiting.ts'
export { type Draft, findCurrentDraft, findDraftOfDigest } from './drafts/store.ts'
export { listVisitors, visitDraft } from './drafts/visit-draft.ts'
export { wishOf } from './drafts/wish-of.ts'
export { findLatestDigest, findWebVersion } from './find-web-version.ts'
export type { LeftOut } from './left-out/explain-left-out.ts'
export { getDigest, listDigests } from './list-digests.ts'
export { type NextForReader, nextForReader } from './next-for-reader.ts'
export {
	explainPreview,
	type Forecast,
	forecastDigest,
	type Preview,
	type PreviewOptions,
	previewDigest,
	previewVariant,
	type VariantPreview,
} from './preview-digest.ts'
export { previewLook } from './preview-look.ts'
export { type DigestFigures, digestFigures } from './progress/digest-figures.ts'
export { type DigestProgress, digestProgress } from './progress/digest-progress.ts'
export { type LiveProgress, liveProgress, liveProgressOf } from './progress/live-progress.ts'
export { reportStalls } from './progress/report-stalls.ts'
export {
	selectFinished as listFinishedDigests,
	selectStalled as listStalledDigests,
} from './progress/store.ts'
export { createProgressWatch, type ProgressWatch, type WatchedProgress } from './progress/watch-progress.ts'
export {
	type GivenPattern,
	maxHtmlBytes,
	newsletterUrl,
	type RenderDeps,
	webVersionUrl,
} from './render-digest.ts'
export { missingDetails } from './require-sender.ts'
export { dropMissed, listMissed, type MissedDigest, sendMissed } from './schedule/decide-missed.ts'
export { runSchedule } from './schedule/run-schedule.ts'
export { changeScheduledNewsletter, createScheduledNewsletter } from './schedule/save-newsletter.ts'
export { letsDraftsGo, scheduleOf } from './schedule/schedule-of.ts'
export { findNext, skipNext } from './schedule/skip-next.ts'
export { reconcileSchedules, syncSchedules } from './schedule/sync-schedules.ts'
export { keepLedgerSums, selectDigestsEndedBefore } from './store/ledger-sums.ts'
export { readRenditions, type StoredRendition } from './store/renditions.ts'
export { type Triggered, type TriggerRequest, triggerDigest } from './trigger-digest.ts'
