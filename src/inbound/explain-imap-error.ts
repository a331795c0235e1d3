/**
 * An error of a mailbox in words for the log: what the server said, where ImapFlow's own message is only "Command failed", and
 * the first of several. Without addresses.
 */
export function explainImapError(error: unknown): Error {
	const [first] = error instanceof AggregateError ? error.errors : []
	const said = first === undefined ? saidBy(error) : explainImapError(first).message
	const message = error instanceof Error ? error.message : String(error)
	const text = said === '' || message.includes(said) ? message : `${message}: ${said}`
	return new Error(text.replace(/[^\s<>"]+@[^\s<>"]+/g, '…'), { cause: error })
}

function saidBy(error: unknown): string {
	const { responseText, serverResponseCode } = error as {
		responseText?: unknown
		serverResponseCode?: unknown
	}
	return [serverResponseCode, responseText]
		.filter((part) => typeof part === 'string' && part !== '')
		.join(' ')
}
