export {
	findAddresses,
	firstAddress,
	isSystemAddress,
	sameAddress,
	withoutAddresses,
} from './addresses.ts'
export { classifyRefusal, type Refusal } from './classify-refusal.ts'
export { type ClassifiedReply, classifyReply } from './classify-reply.ts'
export { findMeaning } from './find-meaning.ts'
export type { SmtpStage } from './find-stage.ts'
export { knownWordings } from './known-wordings/index.ts'
export { meaningOfStatus } from './known-wordings/status-codes.ts'
export { readAccountRefusal } from './read-account-refusal.ts'
export { readReplyCodes } from './read-reply-codes.ts'
export type { Verdict } from './verdict.ts'
