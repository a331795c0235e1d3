import { randomToken } from '../kernel/keys.ts'
import { type BuildMessage, wholeMessage } from '../kernel/mail.ts'
import { prepareMessage } from './prepare-message.ts'

/**
 * Builds one whole message with CRLF line ends, ASCII throughout unless the recipient's local part is not (RFC 6532).
 * Throws where a header field can't be made of what is given.
 */
export const buildMessage: BuildMessage = async ({ to, date, messageId, ...shared }) => {
	const prepared = await prepareMessage(shared, randomToken(), [])
	const envelope = { from: shared.from.address, to: to.address }
	return wholeMessage(prepared.fill({ envelope, to, date, messageId, values: {} }).raw)
}
export { prepareMessage } from './prepare-message.ts'
