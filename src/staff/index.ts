export { apiKeyInput, createApiKey, listApiKeys, revokeApiKey } from './api-keys.ts'
export { authenticate } from './authenticate.ts'
export { forgotPassword, mailLink } from './mails/mail-link.ts'
export { reconcileStaffMails, type SendStaffMailDeps, sendStaffMail } from './mails/send-staff-mail.ts'
export { firstOwnerLink } from './members/first-owner.ts'
export {
	addMember,
	changeMember,
	inviteAgain,
	linkDays,
	listMemberNames,
	listMembers,
	type MembersDeps,
	removeMember,
} from './members/manage-members.ts'
export { memberChanges, memberEmail, memberInput, memberName } from './members/member-input.ts'
export { changeOwnPassword, chooseOwnLocale, viewOwnAccount } from './members/own-account.ts'
export { acceptWelcome, viewWelcome, type WelcomeView } from './members/welcome.ts'
export { chooseMails, readMailChoices } from './occasions/choose-mails.ts'
export { lookForOccasions } from './occasions/look-for-occasions.ts'
export { sendOccasionMail } from './occasions/send-occasion-mail.ts'
export { pruneSessions } from './sessions/prune-sessions.ts'
export {
	offerCodes,
	offerCodesAgain,
	turnOffCodes,
	turnOnCodes,
} from './sessions/second-step.ts'
export {
	beginSession,
	codeMinutes,
	endOtherSessions,
	endSession,
	findSignedIn,
	listSessions,
	type SignedIn,
	sessionDays,
	signOut,
} from './sessions/sessions.ts'
export { deviceToken, giveCode, type SignInDeps, signIn } from './sessions/sign-in.ts'
export { signInWithOpenId } from './sessions/sign-in-with-open-id.ts'
export type { ApiKey } from './store/api-keys.ts'
export type { StaffMember } from './store/members.ts'
export type { StaffSession } from './store/sessions.ts'
