import { addSeconds } from '../kernel/clock.ts'
import type {
	FinalNoticeState,
	NoticeKind,
	NoticePurpose,
	RequestKind,
	SubscriptionState,
	SuppressionReason,
} from '../kernel/enumerations.ts'
import type { SendOutcome } from '../kernel/mail.ts'
import { isLiftedByConfirming } from '../suppressions/index.ts'

/** However often, wherever and with whatever tags an address is signed up, its mailbox gets this many mails in 24 hours (T3). */
export const noticesPerDay = 3

/** Why nothing is sent where it got them. */
export const spentMailbox = 'enough for a day'

export type NoticeDecision = { send: NoticeKind } | { withhold: string }

/**
 * Which mail answers a sign-up. Who complained, or was taken out by staff, hears nothing: a stranger's sign-up must
 * not make us write to somebody who asked us to stop.
 */
export function decideNotice(known: {
	subscriptionState: SubscriptionState
	suppression: SuppressionReason | undefined
	begunInDay: number
}): NoticeDecision {
	if (known.suppression && !isLiftedByConfirming(known.suppression)) return { withhold: known.suppression }
	if (known.begunInDay >= noticesPerDay) return { withhold: spentMailbox }
	// of an erased person nothing is known: a mail that says otherwise would tell of what was erased
	if (known.suppression && known.suppression !== 'erased') return { send: 'suppressed' }
	return { send: known.subscriptionState === 'active' ? 'already_active' : 'confirm' }
}

/** Which mail is sent for a purpose of its own; none where what it was due for has passed. */
export function decideOwnNotice(known: {
	purpose: NoticePurpose
	subscriptionState: SubscriptionState
	suppression: SuppressionReason | undefined
	begunInDay: number
}): NoticeDecision {
	const { purpose, subscriptionState: state, suppression, begunInDay } = known
	if (purpose === 'lost_link') {
		if (state === 'unsubscribed') return { withhold: state }
		const answer = decideNotice(known)
		return 'send' in answer && answer.send === 'already_active' ? { send: 'choices' } : answer
	}
	if (suppression) return { withhold: suppression }
	if (state !== (purpose === 'welcome' ? 'active' : 'pending')) return { withhold: state }
	if (begunInDay >= noticesPerDay) return { withhold: spentMailbox }
	return { send: purpose === 'import' ? 'still_wanted' : purpose }
}

/**
 * Which mail a reader's request brings about. Their own data, and its end, is owed to who asks for it whatever stands against
 * mailing digests; word of a changed address must come however much came before.
 */
export function decideRequestNotice(known: {
	request: { kind: RequestKind; isUsed: boolean; isReplaced: boolean }
	suppression: SuppressionReason | undefined
	begunInDay: number
}): NoticeDecision {
	const { request, suppression, begunInDay } = known
	if (request.isUsed)
		return request.kind === 'change_address' ? { send: 'address_changed' } : { withhold: spentRequest }
	if (request.isReplaced) return { withhold: 'asked for anew' }
	const isBarred = suppression !== undefined && !isLiftedByConfirming(suppression)
	if (request.kind === 'change_address' && isBarred) return { withhold: suppression }
	return begunInDay >= noticesPerDay ? { withhold: spentMailbox } : { send: request.kind }
}

const spentRequest = 'carried out already'

/**
 * How long a notice waits that a cap on mails holds up: those that have just come are tried more often, so that who comes
 * after a flood does not queue behind it. Undefined after a day.
 */
export function decideWait(createdAt: Date, now: Date): number | undefined {
	const ageSeconds = (now.getTime() - createdAt.getTime()) / 1_000
	if (ageSeconds > 86_400) return undefined
	const wait = Math.min(1_800, Math.max(60, ageSeconds / 2))
	return Math.ceil(wait * (0.5 + Math.random()))
}

// together about 22 hours: a person who signed up yesterday has stopped waiting
const waitsSeconds = [60, 300, 900, 3_600, 10_800, 21_600, 43_200]

export type NoticeSequel = { state: FinalNoticeState; reply: string } | { dueAt: Date; reply: string }

/**
 * What follows from an attempt. A relay that takes nothing from us, or refuses our account, is our fault and is tried again;
 * a message that may have gone out is never repeated blindly.
 */
export function decideSequel(outcome: SendOutcome, attempt: number, now: Date): NoticeSequel {
	switch (outcome.kind) {
		case 'accepted':
			return { state: 'accepted', reply: outcome.reply }
		case 'in_doubt':
			return { state: 'in_doubt', reply: outcome.reason }
		case 'not_sent':
			return later(outcome.reason, attempt, now)
		case 'refused':
			if (outcome.permanence === 'permanent' && outcome.scope === 'recipient' && !outcome.account) {
				return { state: 'refused', reply: outcome.reply }
			}
			return later(outcome.reply, attempt, now)
	}
}

function later(reply: string, attempt: number, now: Date): NoticeSequel {
	const wait = waitsSeconds[attempt - 1]
	return wait === undefined ? { state: 'refused', reply } : { dueAt: addSeconds(now, wait), reply }
}
