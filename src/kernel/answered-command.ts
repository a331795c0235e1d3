/**
 * What stands behind a reply that answered another command than RCPT TO, where the relay's words alone would mislead:
 * `User unknown` in answer to RCPT TO is about the recipient, in answer to DATA (or to the final dot) filters say it too.
 */
const marks: Readonly<Record<string, string>> = {
	DATA: '(in reply to DATA)',
	STARTTLS: '(in reply to STARTTLS, without which nothing is sent)',
}

/** The reply as it is kept and shown, with the command that it answered where that must be known. */
export function withCommand(reply: string, command: string | undefined): string {
	const mark = command && marks[command]
	return mark ? `${reply} ${mark}` : reply
}

/** Takes a kept reply apart again: what the relay said, and whether it said so only after DATA. */
export function withoutCommand(kept: string): { reply: string; isAfterData: boolean } {
	const mark = ` ${marks.DATA}`
	return kept.endsWith(mark)
		? { reply: kept.slice(0, -mark.length), isAfterData: true }
		: { reply: kept, isAfterData: false }
}
