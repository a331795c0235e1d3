import type { PreviewAnswer } from '../http/api/index.ts'
import { ask, canAsk } from './ask.ts'
import type { CommandContext } from './command-context.ts'
import { describeAudience } from './describe-digest.ts'

/**
 * Shows how many readers would get what, and asks at the terminal whether that shall be sent. Gives whether it shall. Who
 * sends from a script, without a terminal, is not asked.
 */
export async function confirmSending(
	preview: () => Promise<PreviewAnswer>,
	context: CommandContext,
): Promise<boolean> {
	const { t, io } = context
	if (!canAsk(io)) return true
	const { audience } = await preview()
	// nothing is new, which the answer to sending tells
	if (audience.variants.length === 0) return true
	io.stderr.write(`${describeAudience(audience, context)}\n`)
	return ask(t('digest.ask'), io)
}
