import { withoutCommand } from '../../kernel/answered-command.ts'
import type { Locale, Messages } from '../../kernel/messages.ts'
import { readOwnReason } from '../../kernel/own-reason.ts'

/** What the relay said, in its own words, or why Envoi itself did not send, in the reader's language. */
export function describeReply(messages: Messages, locale: Locale, kept: string): string {
	const own = readOwnReason(kept)
	if (own) {
		const key = `reasons.${own.reason}`
		return messages.has(key)
			? messages.text(locale, key, { detail: /^\d+$/.test(own.detail) ? Number(own.detail) : own.detail })
			: kept
	}
	const { reply, command } = withoutCommand(kept)
	return command ? messages.text(locale, `reasons.reply_to.${command}`, { reply }) : kept
}
