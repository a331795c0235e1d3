import type { BounceClass } from '../kernel/enumerations.ts'
import { findMeaning, hasMeaning } from './find-meaning.ts'
import { findStage, type SmtpStage, transcriptStage } from './find-stage.ts'
import { type Meaning, meaningFacts } from './known-wordings/meaning.ts'
import { isAddressStatus, meaningOfStatus } from './known-wordings/status-codes.ts'
import { readAccountRefusal } from './read-account-refusal.ts'
import { isGenericStatus, type ReplyCodes, readReplyCodes } from './read-reply-codes.ts'
import type { Verdict } from './verdict.ts'

/** What is known of one refusal; '' for what isn't. */
export type Refusal = {
	/** The Status field of a delivery report. */
	status: string
	/** The reply, or what the reporting system says in its own words. */
	diagnostic: string
	/** What else the report says of this recipient. */
	context: string
	/** What it says of all, which tells the command that was refused and nothing else. */
	transcript?: string
	/** The command that was refused, where it is known and need not be looked for. */
	stage?: SmtpStage | undefined
	isDelayed?: boolean
}

/** What the texts of a refusal come to before it is judged. */
type Facts = Refusal & { reply: string; stage: SmtpStage | undefined }

/** Judges what is known of one refusal by its meaning: docs/bounces.md has the rules. */
export function classifyRefusal(refusal: Refusal): Verdict {
	const facts = readFacts(refusal)
	const meaning = unlessOurs(aboutWhom(findReason(facts), facts.stage), facts)
	const digit = classDigit(facts)
	return {
		...judge(meaning, digit, facts),
		status: facts.status.startsWith(digit) ? facts.status : inferStatus(meaning, digit),
		reply: facts.reply,
	}
}

function readFacts(refusal: Refusal): Facts {
	const diagnostic = innermostReply(refusal.diagnostic)
	const said = readReplyCodes(diagnostic)
	const told = readReplyCodes(refusal.context)
	const isSilent = said.reply === '' && said.status === '' && (diagnostic === '' || refusal.status === '')
	const { transcript = '' } = refusal
	return {
		...refusal,
		diagnostic,
		reply: isSilent ? told.reply : said.reply,
		status: chooseStatus(refusal.status, said, told, isSilent),
		stage:
			refusal.stage ??
			findStage(refusal.diagnostic) ??
			findStage(refusal.context, diagnostic) ??
			transcriptStage(transcript, diagnostic),
	}
}

/**
 * Cisco IronPort, and Amazon SES on it, put a general category before the reply that they got, and the reply
 * counts: `5.1.0 - Unknown address error 550-'5.7.1 … Access denied'`.
 */
function innermostReply(diagnostic: string): string {
	return (
		/^[45]\.\d{1,3}\.\d{1,3} - [\w ()]{3,60}? ([45]\d\d[- ]'?.{3,})$/s.exec(diagnostic)?.[1] ?? diagnostic
	)
}

/**
 * The reply's own code is nearer to the cause than the one that the reporting system chose for it; and one that says
 * nothing (OpenSMTPD writes `Status: 5.0.0` always) yields to the one that its text quotes.
 */
function chooseStatus(field: string, said: ReplyCodes, told: ReplyCodes, isSilent: boolean): string {
	if (isPrecise(said.status)) return said.status
	const known = field || said.status
	if (isPrecise(known)) return known
	const isSameReply = isSilent || said.reply === '' || said.reply === told.reply
	if (isSameReply && isPrecise(told.status) && (known === '' || known[0] === told.status[0]))
		return told.status
	return known || (isSilent ? told.status : '')
}

function isPrecise(status: string): boolean {
	return status !== '' && !isGenericStatus(status)
}

/** Meanings that say what happened but not why, or that filters say too: a status or proof is better. */
const weak: ReadonlySet<Meaning> = new Set([
	'policy',
	'system',
	'expired',
	'unreachable',
	'content',
	'loop',
	'user-unknown',
	'said-unknown',
	'unknown-host',
	'by-policy',
])

function findReason({ status, reply, diagnostic, context }: Facts): Meaning | undefined {
	const byStatus = meaningOfStatus(status)
	const ownStatus = readReplyCodes(diagnostic).status
	const inReply = findSaid(diagnostic)
	// what stands around a reply with a precise code of its own can't make another reason of it
	const byText = inReply ?? (byStatus && isPrecise(ownStatus) ? undefined : saidAround(context, diagnostic))
	if (byText && !weak.has(byText)) return byStatus === 'not-authenticated' ? byStatus : byText
	if (byText === 'by-policy') return byStatus && !isAddressStatus(status) ? byStatus : byText
	if (byText && !isDenial(status) && hasMeaning(context, 'no-such-user')) return 'no-such-user'
	// RFC 7504: 521 from a host, 556 for a domain that takes no mail
	if (/^(?:521|556)$/.test(reply) && (!byText || takesNone(byText, status, diagnostic)))
		return 'accepts-no-mail'
	// RFC 3463 §3.3 allows “disabled” for a mailbox that is gone, and some write it for an unknown user; X.4.1 in a reply
	// is what Microsoft gives to all that its directory refuses
	if (byText === 'user-unknown' && (byStatus === 'disabled' || byStatus === 'unreachable')) return byText
	// a refusal without a reason, whose code is only what the reporting system made of it
	if (byText === 'policy' && reply !== '' && ownStatus === '') return byText
	if (inReply && reply !== '' && ownStatus === '' && isAddressStatus(status) && !saysUnknown.has(inReply))
		return inReply
	return byStatus ?? byText ?? (/^\d\.1\.0$/.test(status) ? 'user-unknown' : undefined)
}

/** A server that has refused for good was there: no trouble on the way to it and no lapse of time is the reason. */
function saidAround(context: string, diagnostic: string): Meaning | undefined {
	const said = findSaid(context)
	const isRefused = readReplyCodes(diagnostic).reply.startsWith('5')
	return isRefused && (said === 'expired' || said === 'unreachable') ? undefined : said
}

/** Whether a refusal that may mean a host as a whole doesn't say that it means us (RFC 3463 §3.4: X.3.2). */
function takesNone(byText: Meaning, status: string, diagnostic: string): boolean {
	return (
		byText === 'unknown-host' ||
		status.endsWith('.3.2') ||
		/\baccepts? (?:no )?(?:e-?)?mail(?! from)\b/i.test(diagnostic)
	)
}

/** What a server is quoted with counts before the sentences around it. */
function findSaid(text: string): Meaning | undefined {
	const { at } = readReplyCodes(text)
	return (at > 0 ? findMeaning(text.slice(at)) : undefined) ?? findMeaning(text)
}

const saysUnknown: ReadonlySet<Meaning> = new Set([
	'user-unknown',
	'no-such-user',
	'said-unknown',
	'unknown-host',
])

/** What is about our account, though words like “quota exceeded” or “does not exist” would put it on the reader. */
function unlessOurs(meaning: Meaning | undefined, { diagnostic }: Facts): Meaning | undefined {
	const meant = meaning && meaningFacts[meaning].class
	if (diagnostic === '' || meant === 'sender' || meant === 'policy' || meant === 'content') return meaning
	const cause = readAccountRefusal(diagnostic)?.cause
	if (cause === undefined) return meaning
	return cause === 'quota' || cause === 'rate' ? 'rate' : 'blocked-sender'
}

/**
 * Before RCPT a server knows nothing of the recipient, and after it has accepted one it has no more to say of its domain:
 * what doesn't exist then is ours.
 */
function aboutWhom(reason: Meaning | undefined, stage: SmtpStage | undefined): Meaning | undefined {
	const isBefore = stage === 'connect' || stage === 'hello' || stage === 'mail'
	if (isBefore && reason && saysUnknown.has(reason)) return 'blocked-sender'
	if ((isBefore || stage === 'data') && reason === 'no-such-domain') return 'blocked-sender'
	return reason
}

const saysTemporary =
	/retry time(?:out)? exceeded|failing for a long time|long failure period|\bdeferred\b|\btemporar(?:y|ily)\b/i

/** From the status and not from the action (mail-rules S7), then from the reply, then from what is said. */
function classDigit({ status, reply, isDelayed, diagnostic, context }: Facts): '4' | '5' {
	const given = status[0] ?? reply[0]
	if (given === '4' || given === '5') return given
	return isDelayed || saysTemporary.test(`${diagnostic}\n${context}`) ? '4' : '5'
}

const proof: ReadonlySet<Meaning> = new Set(['accepts-no-mail', 'moved', 'no-such-user', 'no-such-domain'])

function judge(
	meaning: Meaning | undefined,
	digit: '4' | '5',
	{ status, stage }: Facts,
): { class: BounceClass; hard: boolean } {
	if (!meaning) return { class: classByCode(digit, status), hard: false }
	const { class: meant } = meaningFacts[meaning]
	if (meaning === 'unknown-host' && digit === '4') return { class: 'temporary', hard: false }
	if (meant !== 'address') return { class: meant, hard: false }
	if (digit === '4') return { class: 'temporary', hard: false }
	if (meaning === 'said-unknown') return { class: 'address', hard: isAddressStatus(status) }
	const isProven = proof.has(meaning) || isAddressStatus(status) || (stage === 'rcpt' && !isDenial(status))
	return { class: 'address', hard: isProven }
}

/** mail-rules S8: X.7.X is about us. RFC 3463 §3.3: X.2.0 is about a mailbox, which then exists. */
function isDenial(status: string): boolean {
	return /^\d\.(?:7\.|2\.0$)/.test(status)
}

function classByCode(digit: '4' | '5', status: string): BounceClass {
	const subject = status.split('.')[1]
	if (subject === '7') return 'policy' // RFC 3463 §3.8
	if (subject === '6') return 'content' // §3.7
	// §3.4 and §3.5: mail system and network
	return digit === '4' || subject === '3' || subject === '4' ? 'temporary' : 'unknown'
}

function inferStatus(meaning: Meaning | undefined, digit: '4' | '5'): string {
	return meaning ? `${digit}.${meaningFacts[meaning].detail}` : `${digit}.0.0`
}
