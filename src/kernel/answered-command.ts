/**
 * What stands behind a reply that answered another command than RCPT TO, where the relay's words alone would mislead:
 * `User unknown` in answer to RCPT TO is about the recipient, in answer to DATA (or to the final dot) filters say it too.
 */
const marks = {
	DATA: '(in reply to DATA)',
	STARTTLS: '(in reply to STARTTLS, without which nothing is sent)',
} as const

export type AnsweredCommand = keyof typeof marks

const commands = Object.keys(marks) as AnsweredCommand[]

/** The reply as it is kept and shown, with the command that it answered where that must be known. */
export function withCommand(reply: string, command: string | undefined): string {
	const known = commands.find((each) => each === command)
	return known ? `${reply} ${marks[known]}` : reply
}

/** Takes a kept reply apart again: what the relay said, and to which command, where that was kept. */
export function withoutCommand(kept: string): { reply: string; command: AnsweredCommand | undefined } {
	const command = commands.find((each) => kept.endsWith(` ${marks[each]}`))
	return { reply: command ? kept.slice(0, -marks[command].length - 1) : kept, command }
}
