import { createInterface } from 'node:readline/promises'
import type { PreviewAnswer } from '../http/api/index.ts'
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
	if (!process.stdin.isTTY || !io.stderr.isTTY) return true
	const { audience } = await preview()
	// nothing is new, which the answer to sending tells
	if (audience.variants.length === 0) return true
	io.stderr.write(`${describeAudience(audience, context)}\n`)
	const terminal = createInterface({ input: process.stdin, output: io.stderr })
	try {
		return isYes(await terminal.question(`${t('digest.ask')} `))
	} finally {
		terminal.close()
	}
}

/** In English or French, whichever language the question is in. */
export function isYes(answer: string): boolean {
	return /^\s*(y|yes|o|oui)\s*$/i.test(answer)
}
