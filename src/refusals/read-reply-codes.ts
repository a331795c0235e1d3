/**
 * The codes of an SMTP reply as far as a text quotes them, '' where it doesn't; `at` is where in the text the reply
 * begins, 0 where unknown.
 */
export type ReplyCodes = { reply: string; status: string; at: number }

const maxLength = 6_000

// RFC 3463 §2, and no part of an IP address or a version
const statusCode = /(?<![\d.\w])[245]\.\d{1,3}\.\d{1,3}(?!\d|\.\d)/g

// RFC 5321 §4.2; a code stands at the start of a line or quotation, or after a word or sign that announces it, and
// is followed neither by a date nor by more digits
const replyCode =
	/(?:^|[\n>([#'"“:;=]|\b(?:said|error|code|was|reply|response|responsecode|returned|reason|status|smtp|answer|message|received|got|dsn|with|rejected))[\s:;=('"-]{0,4}([45][0-7]\d)(?=[-\s:;'")#,.]|$)(?![-\s](?!\1\b)\d{2,4}[-\s:])(?!\.\d)/i

/** Finds the first refusing reply code of a text and the enhanced status code that belongs to it, the most telling one. */
export function readReplyCodes(text: string): ReplyCodes {
	const short = text.slice(0, maxLength)
	const match = replyCode.exec(short)
	const reply = match?.[1] ?? ''
	const refusals = [...short.matchAll(statusCode)].map(([code]) => code).filter((code) => code[0] !== '2')
	const agreeing = reply ? refusals.filter((code) => code[0] === reply[0]) : refusals
	return {
		reply,
		status: agreeing.find((code) => !isGenericStatus(code)) ?? agreeing[0] ?? '',
		at: match ? match.index + match[0].lastIndexOf(reply) : 0,
	}
}

/** X.0.0 and its like: a class and nothing more. */
export function isGenericStatus(status: string): boolean {
	return /^\d\.(?:0\.\d{1,3}|[1-9]\.0)$/.test(status)
}
