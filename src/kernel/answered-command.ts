/**
 * What stands behind a reply that answered another command than RCPT TO, where the relay's words alone would mislead:
 * `User unknown` in answer to RCPT TO is about the recipient, in answer to DATA (or to the final dot) filters say it too.
 */
const suffixes = {
	DATA: '(in reply to DATA)',
	STARTTLS: '(in reply to STARTTLS, without which nothing is sent)',
} as const

export type AnsweredCommand = keyof typeof suffixes

const commands = Object.keys(suffixes) as AnsweredCommand[]

/** The reply as it is kept and shown, with the command that it answered where that must be known. */
export function withCommand(reply: string, command: string | undefined): string {
	const known = commands.find((each) => each === command)
	return known ? `${reply} ${suffixes[known]}` : reply
}

/** Takes a kept reply apart again: what the relay said, and to which command, where that was kept. */
export function withoutCommand(kept: string): { reply: string; command: AnsweredCommand | undefined } {
	const command = commands.find((each) => kept.endsWith(` ${suffixes[each]}`))
	return { reply: command ? kept.slice(0, -suffixes[command].length - 1) : kept, command }
}
