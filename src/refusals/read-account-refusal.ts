import { withoutCommand } from '../kernel/answered-command.ts'
import type { AccountCause, AccountRefusal } from '../kernel/mail.ts'
import { aboutReader, aboutSize, aboutUs, accountCodes, accountWordings } from './account-wordings.ts'
import { comparableText } from './comparable-text.ts'
import { readReplyCodes } from './read-reply-codes.ts'
import { readWait } from './read-wait.ts'

/**
 * Whether a refusal of our relay is about our account there – its quota, its pace, its standing, the sender, signing in –
 * and not about the reader, and how long the relay wants us to wait; undefined where it is not. Such a refusal would meet
 * every other reader too. `beforeRecipient`: it came before a recipient was named, so it can't be about one.
 */
export function readAccountRefusal(
	kept: string,
	{ beforeRecipient = false, now = new Date() }: { beforeRecipient?: boolean; now?: Date } = {},
): AccountRefusal | undefined {
	const { reply } = withoutCommand(kept)
	const text = comparableText(reply)
	const cause = findCause(reply, text, beforeRecipient)
	return cause && { cause, waitSeconds: readWait(reply, now) ?? usualWait(cause, text) }
}

function findCause(reply: string, text: string, beforeRecipient: boolean): AccountCause | undefined {
	const { reply: code, status } = readReplyCodes(reply)
	// RFC 4954 §6: these answer AUTH, or ask for it
	if (/^53[0458]$/.test(code) && !/starttls|\btls\b/.test(text)) {
		return (
			accountWordings.find(([cause, pattern]) => cause === 'quota' && pattern.test(text))?.[0] ?? 'sign_in'
		)
	}
	if (/^\d\.7\.28$/.test(status)) return undefined // a domain's pace, see the pacing of deliveries
	if (!beforeRecipient && aboutReader.test(text) && !aboutUs.test(text)) return undefined
	if (aboutSize.test(text) && !/submissionquota/.test(text)) return undefined
	const byWords = accountWordings.find(([, pattern]) => pattern.test(text))?.[0]
	if (byWords) return byWords
	const byCode = accountCodes.get(status.slice(2))
	return byCode && (status.startsWith('5') || status.slice(2) !== '4.5') ? byCode : undefined
}

const minute = 60
const hour = 60 * minute
const day = 24 * hour

/** Where the relay does not say: a pace is tried again at once by who keeps it; all else at the same time of the next day. */
function usualWait(cause: AccountCause, text: string): number | undefined {
	if (cause === 'rate') return undefined
	if (cause !== 'quota') return day
	if (/\bper[- ]minute|\bminutely\b/.test(text)) return minute
	if (/\bhourly\b|\bper[- ]hour|\b(?:an|this|one|last) hour\b|horaire/.test(text)) return hour
	return day
}
