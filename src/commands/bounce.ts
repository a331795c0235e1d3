import { readFile } from 'node:fs/promises'
import { type Report, readReport } from '../bounces/index.ts'
import type { MessageParams } from '../kernel/app-error.ts'
import type { Locale } from '../kernel/messages.ts'
import type { CommandContext } from './command-context.ts'
import { facts, indented, oneLine } from './print.ts'
import { loadCommandTexts } from './speak.ts'

type Io = { stdout: { write(text: string): unknown }; stderr: { write(text: string): unknown } }

/**
 * Prints what returned mails say in the order of the files, one JSON object a file and line or, `readable`, as people
 * read it. Needs no database.
 * Gives the exit code: 1 where a file could not be read, which is said on stderr; the others are printed all the same.
 */
export async function explainBounces(
	files: readonly string[],
	{ stdout, stderr }: Io,
	locale: Locale = 'en',
	readable?: { width: number },
): Promise<number> {
	const messages = loadCommandTexts()
	const t = (key: string, params?: MessageParams) => messages.text(locale, `cli.${key}`, params)
	let exitCode = 0
	for (const file of files) {
		const raw = await readFile(file).catch((error: NodeJS.ErrnoException) => error)
		if (raw instanceof Error) {
			const sentence = messages.text(locale, 'errors.feed.no_file', { file })
			stderr.write(`${sentence} (${raw.code ?? raw.message})\n`)
			exitCode = 1
		} else if (readable) stdout.write(`${describeReport(file, readReport(raw), t, readable.width)}\n`)
		else stdout.write(`${JSON.stringify({ file, ...toLine(readReport(raw)) })}\n`)
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

/** The kind of a report, and a block for each recipient. */
function describeReport(
	file: string,
	{ kind, recipients }: Report,
	t: CommandContext['t'],
	width: number,
): string {
	const blocks = recipients.map((each) =>
		indented(
			facts(
				[
					[t('bounce.fact.address'), each.address],
					[t('bounce.fact.meaning'), t(`bounce.class.${each.class.replace('-', '_')}`)],
					[t('bounce.fact.dead'), each.hard ? t('bounce.fact.yes') : null],
					[t('bounce.fact.reply'), [each.reply, each.status].filter(Boolean).join(' ')],
					[t('bounce.fact.diagnostic'), oneLine(each.diagnostic)],
				],
				width - 2,
			),
		),
	)
	return [t('labelled', { label: file, words: t(`bounce.kind.${kind.replace('-', '_')}`) }), ...blocks].join(
		'\n',
	)
}
