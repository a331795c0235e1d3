import { oneLine } from './comparable-text.ts'

/** The SMTP command that a refusal answered. */
export type SmtpStage = 'connect' | 'hello' | 'mail' | 'rcpt' | 'data'

const maxLength = 6_000

// how systems name the command, the word in group 1
const namings: readonly RegExp[] = [
	/in reply to (?:the )?(?:end of )?(\w+)/gi, // Postfix, Courier
	// Exim, GMX and others
	/(?:after|response to|following|during|at|for|in) (?:pipelined )?(?:the )?(?:command )?(?:end of )?"?\b(rcpt|mail|data|helo|ehlo|initial connection|text)\b/gi,
	/\bdid not like our (\w+)/gi, // DragonFly Mail Agent
	/\bsent <<< (\w+)/gi, // InterScan
	/\bsmtp:(rcpt|mail|data|helo|ehlo)\b/gi,
	/\b(?:does not like|but|failed) (recipient|sender was rejected|on data command|after i sent the message|greeting failed)/gi, // qmail
]

// those that only a line of its own makes sure of
const ownLines: readonly RegExp[] = [
	/\[(rcpt|mail|data|ehlo|helo)[ _]?\w*\]\s*$/gim, // Yahoo
	/^[ >]*-+\s*smtp command\s+(\w+)/gim, // m-FILTER
]

/**
 * The command that was refused, where a report tells it; undefined elsewhere. `refusal` tells, where a transcript
 * holds several, which of them is meant.
 */
export function findStage(text: string, refusal = ''): SmtpStage | undefined {
	const short = text.slice(0, maxLength)
	return (
		namedStage(oneLine(short), namings) ??
		namedStage(short, ownLines) ??
		transcriptStage(short, refusal) ??
		googleState(oneLine(short))
	)
}

function namedStage(text: string, patterns: readonly RegExp[]): SmtpStage | undefined {
	for (const pattern of patterns) {
		for (const [, word = ''] of text.matchAll(pattern)) {
			const stage = stageOf(word)
			if (stage) return stage
		}
	}
	return undefined
}

function stageOf(word: string): SmtpStage | undefined {
	const command = word.toLowerCase()
	if (/^(?:rcpt|recipient)/.test(command)) return 'rcpt'
	if (/^(?:mail|sender)/.test(command)) return 'mail'
	if (/^(?:data|end|text|message|on data|after i sent|bdat)/.test(command)) return 'data'
	if (/^(?:helo|ehlo|lhlo)/.test(command)) return 'hello'
	if (/^(?:initial|conn|greeting)/.test(command)) return 'connect'
	return undefined
}

const said = /^[>\s]*(?:sent )?>>> ?(\w+)|--> ?(rcpt|mail|data|ehlo|helo)\b/i
const answered = /(?:^[>\s]*(?:received )?<<<|<--) ?(\d\d\d)([- ]?)(.{0,300})/i
const noRecipientLeft = /need rcpt|no valid recipient|valid rcpt|rcpt command|need recipient|no recipients/i

/**
 * The `>>>` and `<<<` lines of sendmail, `-->` and `<--` of MDaemon. Sendmail pipelines its commands (RFC 2920) and logs the last
 * before the first answer. So what follows `>>> DATA` answers RCPT where a later answer is of DATA – it goes on (354), or no
 * recipient was left – and where several refusals follow: DATA has one.
 */
export function transcriptStage(text: string, refusal = ''): SmtpStage | undefined {
	const answers = readTranscript(text)
	const refusals = answers.filter(({ digit }) => digit === '4' || digit === '5')
	const wanted = oneLine(refusal).trim().toLowerCase()
	const meant = refusals.find(({ text: answer }) => answer !== '' && wanted.includes(answer))
	const refused = meant ?? refusals[0]
	if (!refused) return undefined
	if (!meant && wanted !== '' && refusals.some(({ command }) => command !== refused.command)) return undefined
	const stage = refused.command === '' ? 'connect' : stageOf(refused.command)
	if (stage !== 'data' && stage !== undefined) return stage
	const same = answers.filter(({ at }) => at === refused.at)
	if (same.slice(0, same.indexOf(refused)).some(({ digit }) => digit === '3')) return stage
	const later = answers.slice(answers.indexOf(refused) + 1)
	const isPipelined =
		later.some(({ digit, text: answer }) => digit === '3' || noRecipientLeft.test(answer)) ||
		same.filter(({ digit }) => digit === '4' || digit === '5').length > 1
	return isPipelined ? 'rcpt' : stage
}

/** An answer, in lower case, with the command that was logged before it and that command's place. */
type Answer = { at: number; command: string; digit: string; text: string }

function readTranscript(text: string): Answer[] {
	const answers: Answer[] = []
	let command = ''
	let at = 0
	let isOpen = false
	for (const line of text
		.replace(/\n[ \t]+(?![ \t>]*(?:>>>|<<<|-->|<--|sent|received))/gi, ' ')
		.split('\n')) {
		const [, sent, sentOtherwise] = said.exec(line) ?? []
		if (sent ?? sentOtherwise) {
			command = sent ?? sentOtherwise ?? ''
			at += 1
		}
		const [, code = '', isContinued = '', answer = ''] = answered.exec(line) ?? []
		if (code === '') continue
		const last = answers.at(-1)
		const words = oneLine(answer).trim().toLowerCase()
		// a reply of several lines is one answer (RFC 5321 §4.2.1)
		if (last && isOpen) last.text += ` ${words}`
		else answers.push({ at, command, digit: code[0] ?? '', text: words })
		isOpen = isContinued === '-'
	}
	return answers
}

/** `(state 14)`: the position of Google's SMTP client in the dialogue, as its notices gave it. */
function googleState(text: string): SmtpStage | undefined {
	const state = Number(/\(state (\d{1,2})\)/.exec(text)?.[1])
	if (Number.isNaN(state)) return undefined
	if (state >= 15) return 'data'
	if (state === 14) return 'rcpt'
	return state >= 12 ? 'mail' : 'hello'
}
