import type { BounceClass } from '../kernel/enumerations.ts'
import { classifyRefusal } from './classify-refusal.ts'
import type { SmtpStage } from './find-stage.ts'
import { readReplyCodes } from './read-reply-codes.ts'

/** A reply of an SMTP server to a message of ours, judged. `replyCode` and `status` are '' where the reply has none. */
export type ClassifiedReply = { class: BounceClass; hard: boolean; status: string; replyCode: string }

/**
 * Judges an SMTP reply by its meaning and not by its first digit. `stage` is the command that it answered: the words
 * `user unknown` are proof in answer to RCPT and none in answer to DATA, where filters use them too.
 */
export function classifyReply(reply: string, stage: SmtpStage = 'rcpt'): ClassifiedReply {
	const verdict = classifyRefusal({ status: '', diagnostic: reply, context: '', stage })
	const codes = readReplyCodes(reply)
	return { class: verdict.class, hard: verdict.hard, status: codes.status, replyCode: codes.reply }
}
