import { firstAddress, isSystemAddress, readReplyCodes } from '../refusals/index.ts'
import type { HeaderFields } from './mime/header-fields.ts'
import {
	autoReplySubjects,
	autoReplyTexts,
	bounceSubjects,
	bounceTexts,
	challengeTexts,
	delayNotices,
	delaySubjects,
	deliveredNotices,
	proofTexts,
	systemNames,
} from './notices.ts'

/** What a mail without any machine-readable part is, as far as its header and its words tell. */
export type Notice = 'bounce' | 'delayed' | 'delivered' | 'auto-reply' | 'none'

/** Recognises non-delivery notices and automatic answers (RFC 3834) that are written for people only. `text` is without the returned copy. */
export function recogniseNotice(fields: HeaderFields, text: string): Notice {
	const subject = plain(fields.readable('subject'))
	const opening = plain(text.slice(0, 3_000))
	const looksReturned = bounceSubjects.some((pattern) => pattern.test(subject))
	// RFC 3834 §3.3: automatic answers have an empty return path too, so only From tells them from reports
	if (!looksReturned && !isNamedMailSystem(fields) && isAutoReply(fields, subject, opening))
		return 'auto-reply'
	const fromSystem = isFromMailSystem(fields)

	const saysReturned =
		bounceTexts.some((pattern) => pattern.test(opening)) ||
		(isNamedMailSystem(fields) && readReplyCodes(text).reply !== '')
	const isReturn =
		fields.has('x-failed-recipients') ||
		(looksReturned && saysReturned) ||
		(fromSystem && (looksReturned || saysReturned))
	if (isReturn || delaySubjects.test(subject)) {
		if (delaySubjects.test(subject) || delayNotices.some((pattern) => pattern.test(opening))) return 'delayed'
		if (deliveredNotices.test(opening) && !saysReturned) return 'delivered'
		return isAutoReplySubject(subject) && !fields.has('x-failed-recipients') ? 'auto-reply' : 'bounce'
	}
	if (fromSystem && deliveredNotices.test(opening)) return 'delivered'
	return isAutoReply(fields, subject, opening) || isAutoSubmitted(fields) ? 'auto-reply' : 'none'
}

/** Whether a mail asks its sender to prove to be a person: no report, even where it has the form of one. */
export function asksForProof(text: string): boolean {
	return proofTexts.test(plain(text.slice(0, 6_000)))
}

/** Whether a mail comes from a mail system: an empty return path, MAILER-DAEMON and what such systems call themselves. */
function isFromMailSystem(fields: HeaderFields): boolean {
	const returnPath = fields.first('return-path')
	if (
		/^<\s*>$/.test(returnPath) ||
		isSystemAddress(firstAddress(returnPath) || returnPath.replace(/[<>\s]/g, ''))
	) {
		return true
	}
	return isNamedMailSystem(fields)
}

function isNamedMailSystem(fields: HeaderFields): boolean {
	if (fields.has('x-failed-recipients')) return true
	const from = fields.readable('from')
	return isSystemAddress(firstAddress(from)) || systemNames.test(from.toLowerCase())
}

function isAutoReply(fields: HeaderFields, subject: string, opening: string): boolean {
	if (isAutoReplySubject(subject) || challengeTexts.test(subject)) return true
	if (autoReplyHeaders.some((name) => fields.has(name))) return true
	if (/auto[-_]?reply/i.test(fields.first('precedence'))) return true
	return autoReplyTexts.test(opening.slice(0, 1_500)) || challengeTexts.test(opening)
}

function isAutoReplySubject(subject: string): boolean {
	return autoReplySubjects.some((pattern) => pattern.test(subject))
}

/** RFC 3834 §5; a mail system writes it on its reports too, so it is asked last. */
function isAutoSubmitted(fields: HeaderFields): boolean {
	return /^\s*auto-(?:replied|notified)/i.test(fields.first('auto-submitted'))
}

// written by vacation programs before and beside RFC 3834
const autoReplyHeaders = [
	'x-autoreply',
	'x-auto-reply',
	'x-autoreply-from',
	'x-autorespond',
	'x-autoresponder',
	'x-autoresponse',
	'x-mail-autoreply',
	'x-vacation',
	'x-precedence-auto-reply',
]

function plain(text: string): string {
	return text
		.toLowerCase()
		.replace(/[\u2018\u2019`´]/g, "'")
		.replace(/\s+/g, ' ')
		.trim()
}
