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
	/\[(rcpt|mail|data|ehlo|helo)[ _]?\w*\]\s*$/gim, // Yahoo
	/^[ >]*-+\s*smtp command\s+(\w+)/gim, // m-FILTER
	/\b(?:does not like|but|failed) (recipient|sender was rejected|on data command|after i sent the message|greeting failed)/gi, // qmail
]

/** The command that was refused, where a report tells it; undefined elsewhere. */
export function findStage(text: string): SmtpStage | undefined {
	const short = text.slice(0, maxLength)
	for (const naming of namings) {
		for (const [, word = ''] of short.matchAll(naming)) {
			const stage = stageOf(word)
			if (stage) return stage
		}
	}
	return transcriptStage(short) ?? googleState(short)
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
const answered = /(?:^[>\s]*(?:received )?<<<|<--) ?(\d)\d\d[- ]?(.{0,200})/i
const noRecipientLeft = /need rcpt|no valid recipient|valid rcpt|rcpt command|need recipient|no recipients/i

/**
 * The `>>>` and `<<<` lines of sendmail, `-->` and `<--` of MDaemon. A refusal after `>>> DATA` is still that of RCPT where
 * the next answer says that no recipient was left: sendmail pipelines both commands (RFC 2920) and logs the last.
 */
function transcriptStage(text: string): SmtpStage | undefined {
	let command = ''
	let refused = ''
	for (const line of text.split('\n')) {
		const [, sent, sentOtherwise] = said.exec(line) ?? []
		if (!refused) command = sent ?? sentOtherwise ?? command
		const [, digit = '', answer = ''] = answered.exec(line) ?? []
		if (refused && noRecipientLeft.test(answer)) return 'rcpt'
		if (!refused && (digit === '4' || digit === '5')) refused = command || 'connect'
	}
	return stageOf(refused)
}

/** `(state 14)`: the position of Google's SMTP client in the dialogue, as its notices gave it. */
function googleState(text: string): SmtpStage | undefined {
	const state = Number(/\(state (\d{1,2})\)/.exec(text)?.[1])
	if (Number.isNaN(state)) return undefined
	if (state >= 15) return 'data'
	if (state === 14) return 'rcpt'
	return state >= 12 ? 'mail' : 'hello'
}
