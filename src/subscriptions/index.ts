export type { Asking, ChoicesAnswer } from './choices/change-by-link.ts'
export { nameReader } from './choices/change-given-name.ts'
export type { ChoicesWish } from './choices/decide-choices.ts'
export { leaveAll } from './choices/leave-all.ts'
export { listSubscribed } from './choices/list-subscribed.ts'
export { longestPauseDays, pauseReader, resumeReader } from './choices/pause-reader.ts'
export { preferencesUrl } from './choices/preferences-url.ts'
export { saveChoices } from './choices/save-choices.ts'
export { type ChoicesDeps, type ChoicesView, viewChoices } from './choices/view-choices.ts'
export { chooseLocale } from './choose-locale.ts'
export {
	type ConfirmationView,
	type Confirming,
	confirmSubscription,
	viewConfirmation,
} from './confirm-subscription.ts'
export { endByReport } from './end-by-report.ts'
export { giveLeavingReason, leavingReasons } from './give-leaving-reason.ts'
export { beginCheck, beginRun, beginUndo, dropImport } from './imports/begin-import.ts'
export { changeImport, type ImportChanges, usualMonths, usualPerDay } from './imports/change-import.ts'
export { type ContinueImportDeps, continueImport, reconcileImports } from './imports/continue-import.ts'
export { correctRow, isCorrectable } from './imports/correct-row.ts'
export { endImpliedConsent } from './imports/end-implied-consent.ts'
export { addEvidence, maxEvidenceBytes, readEvidenceFile, removeEvidence } from './imports/evidence.ts'
export { findImportHold, type ImportHoldDeps } from './imports/find-import-hold.ts'
export { getImport, type ImportDeps, type ImportRecord, maxImportBytes } from './imports/import.ts'
export { type ImportLook, lookAtImport } from './imports/look-at-import.ts'
export { importDays, pruneImports } from './imports/prune-imports.ts'
export {
	type ColumnMeaning,
	columnMeanings,
	dateOrderReasons,
	dateOrders,
	type FileLook,
	type FileShape,
	fileEncodings,
	fileSeparators,
	knownSystems,
	type ReadReader,
} from './imports/reading/index.ts'
export {
	type ImportRow,
	listFinishedImports,
	listImportRows,
	listImports,
	reportImport,
} from './imports/report-import.ts'
export { type RowsToCorrect, rowsToCorrect } from './imports/rows-to-correct.ts'
export { type FileToImport, startImport } from './imports/start-import.ts'
export { findImport } from './imports/store/imports.ts'
export { isThrowAway } from './is-throw-away.ts'
export { isStamped, stampForm } from './judge-form.ts'
export { createKeepSignup, type KeepSignup } from './keep-signup.ts'
export { leaveByMail } from './leave-by-mail.ts'
export { longestGivenName, parseGivenName } from './parse-given-name.ts'
export { type AsksChallenge, createAsksChallenge } from './protection/asks-challenge.ts'
export { makeChallenge } from './protection/challenges.ts'
export { createSignupWatch } from './protection/create-signup-watch.ts'
export { endQuietAttack, quietSeconds } from './protection/end-quiet-attack.ts'
export type { SignupWatch } from './protection/kept-back.ts'
export { pruneNotices } from './prune-notices.ts'
export { pruneReceipts } from './prune-receipts.ts'
export { type PruneDeps, pruneUnconfirmed, requestDays, requestsEnd } from './prune-unconfirmed.ts'
export { changeByStaff, type ReaderChanges } from './readers/change-by-staff.ts'
export { eraseFormerReaders } from './readers/erase-former-readers.ts'
export {
	type EraseDeps,
	type Erasure,
	eraseReader,
	type ForgetPerson,
} from './readers/erase-reader.ts'
export { type DigestForReader, explainDigest } from './readers/explain-digest.ts'
export {
	exportReaders,
	type FoundReaders,
	filterReaders,
	type ReaderOfNewsletter,
	type ReaderWish,
} from './readers/filter-readers.ts'
export { findReaders, getReaderByAddress } from './readers/find-readers.ts'
export {
	countLeaving,
	countLeftFromDigests,
	type LeftFromDigest,
	listLeavingComments,
} from './readers/list-leaving.ts'
export { type NamedPerson, namePersonsByHashes } from './readers/name-by-hashes.ts'
export { getReaderOf, type Reader, showReader } from './readers/show-reader.ts'
export type { ReaderStanding } from './readers/store/filter-conditions.ts'
export type { ReaderPosition } from './readers/store/filtered.ts'
export { unsubscribeByStaff } from './readers/unsubscribe-by-staff.ts'
export { type ReconcileDeps, reconcileNotices } from './reconcile-notices.ts'
export { type RecordSignupsDeps, recordSignups } from './record-signups.ts'
export { type RemindDeps, remindUnconfirmed } from './remind-unconfirmed.ts'
export {
	type AskRequestDeps,
	askRequest,
} from './requests/ask-request.ts'
export { eraseByRequest, readOwnData } from './requests/carry-out.ts'
export {
	type ChangeAddressDeps,
	confirmAddressChange,
	undoAddressChange,
} from './requests/change-address.ts'
export { type RequestView, viewRequest } from './requests/view-request.ts'
export { type ResendDeps, resendConfirmation } from './resend-confirmation.ts'
export { resubscribe } from './resubscribe.ts'
export { type LostLinkDeps, sendLostLink } from './send-lost-link.ts'
export { type SendNoticeDeps, sendNotice } from './send-notice.ts'
export { signupProofSeconds } from './signup-proof.ts'
export { joinMailability, type WhyNotMailed, whyNotMailed } from './store/mailability.ts'
export { addUsualProfiles, isUsualProfile, joinUsualProfile } from './store/profiles.ts'
export { listSignupHosts } from './store/signup-hosts.ts'
export { type Signup, type SignupSource, type SubscribeDeps, subscribe } from './subscribe.ts'
export { suggestDomain } from './suggest-domain.ts'
export { type ActiveMonth, readActiveMonths } from './tallies/active-months.ts'
export { checkTallies, type TallyDifference, tidyTallies } from './tallies/check-tallies.ts'
export { type ChoiceCount, countByChoices } from './tallies/count-by-choices.ts'
export { countSubscriptions, type SubscriptionCounts } from './tallies/count-subscriptions.ts'
export { findSignupBurst, type SignupBurst } from './tallies/find-signup-burst.ts'
export { listSubscriberDays, type SubscriberDay } from './tallies/list-days.ts'
export { type Growth, readGrowth } from './tallies/read-growth.ts'
export { type SubscriptionFigures, subscriptionFigures } from './tallies/subscription-figures.ts'
export { type LeavingDeps, unsubscribe } from './unsubscribe.ts'
export {
	hasRoomForAddress,
	isUnsubscribeAddress,
	readUnsubscribeToken,
	readUnsubscribeUrl,
	unsubscribeAddress,
	unsubscribeUrl,
} from './unsubscribe-url.ts'
export { type LeavingView, viewLeaving } from './view-leaving.ts'
