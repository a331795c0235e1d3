import { oneLine } from './comparable-text.ts'
import { readReplyCodes } from './read-reply-codes.ts'

/**
 * RFC 5321 §4.2.3 gives each reply code a text that defines it. GMX, WEB.DE, mail.com, IONOS and others begin with that text
 * and give their reason in the next line: `550-Requested action not taken: mailbox unavailable`, `550 Reject due to
 * policy restrictions.` Where a reason follows, the standard text says nothing; `isReplaced` where it would have said
 * that there is no such mailbox.
 */
export function withoutStandardText(text: string): { reason: string; isReplaced: boolean } {
	const unfolded = text
		.slice(0, maxLength)
		.replace(/\r\n?/g, '\n')
		.replace(/\n[ \t]+/g, ' ')
	const found = standardText.exec(unfolded)
	if (!found) return { reason: text, isReplaced: false }
	const after = unfolded.slice(found.index + found[0].length)
	const reason = reasonIn(after, readReplyCodes(unfolded).reply)
	if (reason === '') return { reason: text, isReplaced: false }
	const isMailbox = /mailbox unavailable/i.test(oneLine(found[0]))
	return { reason: `${unfolded.slice(0, found.index)} ${after}`, isReplaced: isMailbox }
}

const maxLength = 3_000

const standardText =
	/requested\s+(?:mail\s+)?action\s+(?:not\s+taken|aborted):?\s+(?:mailbox\s+unavailable|mailbox\s+name\s+not\s+allowed|exceeded\s+storage\s+allocation|(?:local\s+)?error\s+in\s+processing|insufficient\s+system\s+storage)(?!\s+(?:or|and)\b)|(?<=[45]\d\d[- ](?:\d\.\d{1,3}\.\d{1,3}\s)?)transaction\s+failed|service\s+not\s+available(?:,?\s+closing\s+transmission\s+channel)?/i

/** The words of the rest of the line or of the reply's next lines; '' where these only say where to read more. */
function reasonIn(after: string, code: string): string {
	const lines = after.split('\n')
	const rest = lines.slice(1)
	const others = rest.findIndex((line) => code === '' || !line.startsWith(code))
	const next = others < 0 ? rest : rest.slice(0, others)
	const said = oneLine([lines[0] ?? '', ...next].join(' '))
	const words = said
		.replace(pointers, ' ')
		.replace(/\b[45]\d\d[- ](?:\d\.\d{1,3}\.\d{1,3})?/g, ' ')
		.replace(
			/\([^()]{0,200}\)|\[(?![\d.]{7,15}\])[^[\]]{0,200}\]|<[^<>]{0,200}>|\S{1,200}@\S{1,200}|\b[\w-]{1,60}(?:\.[\w-]{1,60}){1,8}\b/g,
			' ',
		)
	const isOfReply = next.length > 0 || (code !== '' && new RegExp(`^[\\s.]{0,3}${code}[- ]`).test(said))
	// on the same line a lone word is the name of who speaks (`- gsmtp`)
	return (words.match(/\p{L}{2,}/gu) ?? []).length >= (isOfReply ? 1 : 2) ? said : ''
}

const pointers =
	/\(in reply to [^)]{0,60}\)|giving up on \S{1,100}|(?:for|more|further|please|see|visit|refer|detailed|additional)\b[^.]{0,80}(?:https?:|www\.)\S{1,300}|https?:\S{1,300}|for (?:more |further |an )?(?:explanation|information|details|help)[^.]{0,60}(?:\.|$)/gi
