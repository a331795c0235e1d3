import { readFile } from 'node:fs/promises'
import { type Report, readReport } from '../bounces/index.ts'
import type { Locale } from '../kernel/messages.ts'
import { loadCommandTexts } from './speak.ts'

type Io = { stdout: { write(text: string): unknown }; stderr: { write(text: string): unknown } }

/**
 * Prints what returned mails say, one JSON object a file and line, in the order of the files. Needs no database.
 * Gives the exit code: 1 where a file could not be read, which is said on stderr; the others are printed all the same.
 */
export async function explainBounces(
	files: readonly string[],
	{ stdout, stderr }: Io,
	locale: Locale = 'en',
): Promise<number> {
	let exitCode = 0
	for (const file of files) {
		const raw = await readFile(file).catch((error: NodeJS.ErrnoException) => error)
		if (raw instanceof Error) {
			const sentence = loadCommandTexts().text(locale, 'errors.feed.no_file', { file })
			stderr.write(`${sentence} (${raw.code ?? raw.message})\n`)
			exitCode = 1
		} else stdout.write(`${JSON.stringify({ file, ...toLine(readReport(raw)) })}\n`)
	}
	return exitCode
}

function toLine({ kind, recipients, feedbackType }: Report): object {
	return {
		kind,
		recipients: recipients.map(({ address, class: is, hard, status, reply, diagnostic }) => ({
			address,
			class: is,
			hard,
			status,
			reply,
			diagnostic,
		})),
		feedbackType,
	}
}
