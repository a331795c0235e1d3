import { readFile } from 'node:fs/promises'
import { type Report, readReport } from '../bounces/index.ts'

type Io = { stdout: { write(text: string): unknown }; stderr: { write(text: string): unknown } }

/**
 * Prints what returned mails say, one JSON object a file and line, in the order of the files. Needs no database.
 * Gives the exit code: 1 where a file could not be read, which is said on stderr; the others are printed all the same.
 */
export async function explainBounces(files: readonly string[], { stdout, stderr }: Io): Promise<number> {
	let exitCode = 0
	for (const file of files) {
		const raw = await readFile(file).catch((error: Error) => error)
		if (raw instanceof Error) {
			stderr.write(`${raw.message}\n`)
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
