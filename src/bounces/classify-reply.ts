import { findMeaning, hasMeaning } from './find-meaning.ts'
import { type Meaning, meaningFacts } from './known-wordings/meaning.ts'
import { isAddressStatus, meaningOfStatus } from './known-wordings/status-codes.ts'
import { findStage, isGenericStatus, readReplyCodes, type SmtpStage } from './read-reply.ts'
import type { BounceClass, Verdict } from './report.ts'

/** What is known of one refusal; '' for what isn't. */
export type Refusal = {
	/** The Status field of a delivery report. */
	status: string
	/** The reply, or what the reporting system says in its own words. */
	diagnostic: string
	/** What else the report says of this recipient. */
	context: string
	stage?: SmtpStage | undefined
	isDelayed?: boolean
}

/** A reply of an SMTP server to a message of ours, judged. `replyCode` and `status` are '' where the reply has none. */
export type ClassifiedReply = { class: BounceClass; hard: boolean; status: string; replyCode: string }

/**
 * Judges an SMTP reply by its meaning and not by its first digit alone. `stage` is the command that it answered: the
 * words `user unknown` are proof in answer to RCPT and none in answer to DATA, where filters use them too.
 */
export function classifyReply(reply: string, stage: SmtpStage = 'rcpt'): ClassifiedReply {
	const codes = readReplyCodes(reply)
	const verdict = classifyRefusal({ status: '', diagnostic: reply, context: '', stage })
	return { class: verdict.class, hard: verdict.hard, status: codes.status, replyCode: codes.reply }
}

/** Judges what a report says of one recipient. */
export function classifyRefusal(refusal: Refusal): Verdict {
	const diagnostic = innermostReply(refusal.diagnostic)
	const said = readReplyCodes(diagnostic)
	const status = chooseStatus(refusal.status, said.status)
	const isSilent = said.reply === '' && said.status === '' && (diagnostic === '' || refusal.status === '')
	const codes = isSilent ? readReplyCodes(refusal.context) : said
	const stage = refusal.stage ?? findStage(refusal.diagnostic) ?? findStage(refusal.context)
	const reason = findReason({ ...refusal, diagnostic, status: status || codes.status }, codes.reply)
	const meaning = aboutWhom(reason, stage)
	const digit = classDigit({ ...refusal, status: status || codes.status, reply: codes.reply, meaning })
	const explicit = status || codes.status
	return {
		...judge({ meaning, digit, status: explicit, stage }),
		status: explicit && explicit[0] === digit ? explicit : inferStatus(meaning, digit),
		reply: codes.reply,
	}
}

/** Where a system wraps the reply of another in a sentence of its own, the inner one counts: `5.1.0 - Unknown address error 550-'…'`. */
function innermostReply(diagnostic: string): string {
	// Cisco IronPort (and Amazon SES on it) puts a general category before the reply that it got
	const wrapped = /^[45]\.\d{1,3}\.\d{1,3} - [\w ()]{3,60}? ([45]\d\d[- ]'?.{3,})$/s.exec(diagnostic)
	if (wrapped?.[1]) return wrapped[1]
	// Exchange Online: `5.1.351 Remote server returned … -> 550 …`
	return diagnostic
}

/** The reply's own code is nearer to the cause than the one that the reporting system chose for it. */
function chooseStatus(field: string, inReply: string): string {
	if (inReply !== '' && !isGenericStatus(inReply)) return inReply
	return field || inReply
}

/** Meanings that say what happened but not why: a status that names a cause is better. */
const effects: ReadonlySet<Meaning> = new Set([
	'policy',
	'system',
	'expired',
	'unreachable',
	'content',
	'loop',
	'user-unknown',
])

function findReason({ status, diagnostic, context }: Refusal, reply: string): Meaning | undefined {
	const byStatus = meaningOfStatus(status)
	const byText = findSaid(diagnostic) ?? findSaid(context)
	if (byText && effects.has(byText) && hasMeaning(context, 'no-such-user')) return 'no-such-user'
	if (byText === 'user-unknown') {
		if (byStatus === 'disabled') return byText // RFC 3463 X.2.1 given for an unknown user by sendmail's relatives
	}
	// RFC 7504: 521 a host, 556 a domain that takes no mail
	if (/^(?:521|556)$/.test(reply) && (!byText || effects.has(byText))) return 'accepts-no-mail'
	if (byText && byStatus) {
		// the remote server refused without a reason, and the code is what the reporting system made of it
		if (byText === 'policy' && reply !== '' && readReplyCodes(diagnostic).status === '') return byText
		if (byStatus === 'not-authenticated') return byStatus
		return effects.has(byText) ? byStatus : byText
	}
	return byText ?? byStatus ?? (/^\d\.1\.0$/.test(status) ? 'user-unknown' : undefined)
}

/**
 * Before RCPT a server knows nothing of the recipient, and after it has accepted one it has no more to say of its domain:
 * what doesn't exist then is ours.
 */
function aboutWhom(reason: Meaning | undefined, stage: SmtpStage | undefined): Meaning | undefined {
	const isBefore = stage === 'hello' || stage === 'mail' || stage === 'connect'
	if (isBefore && (reason === 'user-unknown' || reason === 'no-such-user')) return 'blocked-sender'
	if ((isBefore || stage === 'data') && reason === 'no-such-domain') return 'blocked-sender'
	return reason
}

/** What a server is quoted with counts before the sentences around it. */
function findSaid(text: string): Meaning | undefined {
	const { at } = readReplyCodes(text)
	return (at > 0 ? findMeaning(text.slice(at)) : undefined) ?? findMeaning(text)
}

/** '4' or '5': from the status, not from the action (mail-rules S7), then from the reply, then from what is said. */
function classDigit(known: Refusal & { reply: string; meaning: Meaning | undefined }): '4' | '5' {
	const given = known.status[0] ?? known.reply[0]
	if (given === '4' || given === '5') return given
	if (known.isDelayed) return '4'
	const text = `${known.diagnostic}\n${known.context}`
	return /retry time(?:out)? exceeded|failing for a long time|long failure period|\bdeferred\b|\btemporar(?:y|ily)\b/i.test(
		text,
	)
		? '4'
		: '5'
}

const proof: ReadonlySet<Meaning> = new Set(['accepts-no-mail', 'moved', 'no-such-user', 'no-such-domain'])

function judge({
	meaning,
	digit,
	status,
	stage,
}: {
	meaning: Meaning | undefined
	digit: '4' | '5'
	status: string
	stage: SmtpStage | undefined
}): { class: BounceClass; hard: boolean } {
	if (!meaning) return { class: classByCode(digit, status), hard: false }
	const { class: meant } = meaningFacts[meaning]
	if (meant !== 'address') return { class: meant, hard: false }
	if (digit === '4') return { class: 'temporary', hard: false }
	if (proof.has(meaning)) return { class: 'address', hard: true }
	// mail-rules S8: X.7.X is about us; RFC 3463 §3.3: X.2.0 is about a mailbox, which then exists
	const isDenied = /^5\.(?:7\.|2\.0$)/.test(status)
	return { class: 'address', hard: isAddressStatus(status) || (stage === 'rcpt' && !isDenied) }
}

function classByCode(digit: '4' | '5', status: string): BounceClass {
	const subject = status.split('.')[1]
	if (subject === '7') return 'policy' // RFC 3463 §3.8; mail-rules S8
	if (subject === '6') return 'content'
	return digit === '4' || subject === '3' || subject === '4' ? 'temporary' : 'unknown'
}

function inferStatus(meaning: Meaning | undefined, digit: '4' | '5'): string {
	return meaning ? `${digit}.${meaningFacts[meaning].detail}` : `${digit}.0.0`
}
