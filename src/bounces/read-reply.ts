/** The SMTP command that a refusal answered. */
export type SmtpStage = 'connect' | 'hello' | 'mail' | 'rcpt' | 'data'

/** The codes of an SMTP reply as far as a text holds them, '' where it doesn't, and where in the text the reply begins (0 where unknown). */
export type ReplyCodes = { reply: string; status: string; at: number }

const enhanced = /(?<![\d.\w])([245]\.\d{1,3}\.\d{1,3})(?![\d]|\.\d)/

// a code stands at the start of a line or of a quotation, or after a word or sign that announces it
const replyCode =
	/(?:^|[\n>([#'"“:;=]|\b(?:said|error|code|was|reply|response|responsecode|returned|reason|status|smtp|answer|message|received|got|dsn|with|rejected))[\s:;=('"-]{0,4}([245][0-7]\d)(?=[-\s:;'")#,.]|$)(?![-\s](?!\1\b)\d{2,4}[-\s:])(?!\.\d)/gi

/** Finds the reply code (RFC 5321 §4.2) and the enhanced status code (RFC 3463) that a text quotes; of several, the last refusal's. */
export function readReplyCodes(text: string): ReplyCodes {
	const short = text.slice(0, 6_000)
	let reply = ''
	let at = 0
	for (const match of short.matchAll(replyCode)) {
		const code = match[1] ?? ''
		if (code.startsWith('2')) continue
		reply = code
		at = match.index + match[0].lastIndexOf(code)
		break
	}
	const statuses = [...short.matchAll(new RegExp(enhanced, 'g'))].map((match) => match[1] ?? '')
	const refusals = statuses.filter((status) => !status.startsWith('2'))
	const agreeing = reply ? refusals.filter((status) => status[0] === reply[0]) : refusals
	const status = agreeing.find((code) => !isGenericStatus(code)) ?? agreeing[0] ?? ''
	return { reply, status, at }
}

/** X.0.0 and its like: a class and nothing more. */
export function isGenericStatus(status: string): boolean {
	return /^\d\.(?:0\.\d{1,3}|[1-9]\.0)$/.test(status)
}

const stagePatterns: ReadonlyArray<readonly [RegExp, number]> = [
	[/in reply to (?:the )?(?:end of )?(\w+)/gi, 1], // Postfix, Courier
	[
		/(?:after|in response to|response to|following|during|at|for|in) (?:pipelined )?(?:the )?(?:command )?(?:end of )?"?\b(rcpt|mail|data|helo|ehlo|initial connection|text)\b/gi,
		1,
	], // Exim, GMX
	[/\bdid not like our (\w+)/gi, 1], // dma
	[/\bsent <<< (\w+)/gi, 1], // InterScan
	[/\bsmtp:(rcpt|mail|data|helo|ehlo)\b/gi, 1],
	[/\[(rcpt|mail|data|ehlo|helo)[ _]?\w*\]\s*$/gim, 1], // Yahoo
	[/^[ >]*-+\s*smtp command\s+(\w+)/gim, 1], // m-FILTER
	[
		/\b(?:does not like (recipient)|but (sender) was rejected|failed (on data) command|failed (after i sent) the message|but (greeting) failed)/gi,
		0,
	], // qmail
]

/** The command that was refused, where a report tells it; undefined elsewhere. */
export function findStage(text: string): SmtpStage | undefined {
	const short = text.slice(0, 6_000)
	for (const [pattern] of stagePatterns) {
		for (const match of short.matchAll(pattern)) {
			const stage = stageOf(match.slice(1).find((group) => group) ?? '')
			if (stage) return stage
		}
	}
	return transcriptStage(short) ?? googleState(short)
}

function stageOf(word: string): SmtpStage | undefined {
	const command = word.toLowerCase()
	if (/^(?:rcpt|recipient)/.test(command)) return 'rcpt'
	if (/^(?:mail|sender)/.test(command)) return 'mail'
	if (/^(?:data|end|text|message|on data|after i sent|\.$|bdat)/.test(command)) return 'data'
	if (/^(?:helo|ehlo|lhlo)/.test(command)) return 'hello'
	if (/^(?:initial|conn|greeting)/.test(command)) return 'connect'
	return undefined
}

/**
 * The `>>>` and `<<<` lines of sendmail. A refusal after `>>> DATA` is still that of RCPT where the next answer says that
 * no recipient was left: sendmail pipelines both commands (RFC 2920) and logs the last.
 */
function transcriptStage(text: string): SmtpStage | undefined {
	let command = ''
	let refused = ''
	for (const line of text.split('\n')) {
		const said = /^[>\s]*>>> ?(\w+)|--> ?(rcpt|mail|data|ehlo|helo)\b/i.exec(line)
		if (said && !refused) command = said[1] ?? said[2] ?? ''
		const answer = /(?:^[>\s]*<<<|<--) ?(\d{3})[- ]?(.{0,200})/.exec(line)
		if (!answer) continue
		if (refused) {
			if (
				/need rcpt|no valid recipient|valid rcpt|rcpt command|need recipient|no recipients/i.test(
					answer[2] ?? '',
				)
			)
				return 'rcpt'
		} else if (/^[45]/.test(answer[1] ?? '')) refused = command || 'connect'
	}
	return refused ? stageOf(refused) : undefined
}

/** `(state 14)`: the position of Google's SMTP client in the dialogue, as its notices give it. */
function googleState(text: string): SmtpStage | undefined {
	const state = Number(/\(state (\d{1,2})\)/.exec(text)?.[1] ?? Number.NaN)
	if (Number.isNaN(state)) return undefined
	if (state >= 15) return 'data'
	if (state === 14) return 'rcpt'
	return state === 13 || state === 12 ? 'mail' : 'hello'
}
