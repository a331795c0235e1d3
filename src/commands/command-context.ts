import type { Command } from 'commander'
import { readEnvironment } from '../config.ts'
import type { MessageParams } from '../kernel/app-error.ts'
import type { Locale } from '../kernel/messages.ts'
import { table, wrapProse } from './print.ts'
import { explainError, loadCommandTexts, terminalLocale } from './speak.ts'
import { ApiRefusal } from './staff-client.ts'
import { type StaffApi, withStaffApi } from './with-staff-api.ts'

/** What stands before a command, the same everywhere: in hints, pages and documentation. */
export const howToCall = 'npm run envoi --'

export type CommandIo = { stdout: NodeJS.WriteStream; stderr: NodeJS.WriteStream }

/**
 * What a command found out or did: as people read it, and as machines do (`--json`). `exact` goes out as it is, without
 * a line end of ours.
 */
export type Outcome = { text: string; json: unknown } | { exact: string }

/** What all commands share: the person's language, the terminal, and one way to run. */
export type CommandContext = {
	locale: Locale
	io: CommandIo
	/** A text of the catalogs. */
	text(key: string, params?: MessageParams): string
	/** One of those under `cli.`. */
	t(key: string, params?: MessageParams): string
	/** How many columns there are: those of the terminal, else COLUMNS, else 100. */
	width: number
	/** Rows under headings, the names of texts under `cli.column.`. */
	table(columns: readonly string[], rows: ReadonlyArray<readonly string[]>): string
	/** A command to type next, as the documentation writes it. */
	suggest(command: string): string
	/** A command `name` under `group` with its summary and `--json`; `key` is where its texts are. */
	add(group: Command, usage: string): Command
	/** Runs work on the staff API and prints its outcome; what the API refuses ends with its sentence and exit code 1. */
	run(options: { json?: boolean }, work: (api: StaffApi) => Promise<Outcome>): Promise<void>
}

/** Ends the command line, with what had to be said written already. */
export class CommandEnd extends Error {
	override readonly name = 'CommandEnd'
	readonly exitCode: number

	constructor(exitCode: number) {
		super(`exit with ${exitCode}`)
		this.exitCode = exitCode
	}
}

/** Input that this command line can't take: exit code 2. The message is a sentence. */
export class UsageError extends Error {
	override readonly name = 'UsageError'
}

export function createCommandContext(io: CommandIo, nameOfField: (field: string) => string): CommandContext {
	const messages = loadCommandTexts()
	const environment = readEnvironment()
	const locale = terminalLocale(environment, messages)
	const text = (key: string, params?: MessageParams) => messages.text(locale, key, params)
	const t = (key: string, params?: MessageParams) => text(`cli.${key}`, params)

	const explain = (error: unknown): string => {
		if (!(error instanceof ApiRefusal)) return explainError(error, locale, messages)
		const fields = error.fields.filter(({ message }) => message !== error.message)
		const lines = fields.map(
			({ field, message }) => `  ${t('labelled', { label: nameOfField(field), words: message })}`,
		)
		return [error.message, ...new Set(lines)].join('\n')
	}

	const width = columnsOf(io, environment.COLUMNS)

	return {
		locale,
		io,
		text,
		t,
		width,
		table: (columns, rows) =>
			table(
				columns.map((name) => t(`column.${name}`)),
				rows,
				width,
			),
		suggest: (command) => `  ${howToCall} ${command}`,
		add: (group, usage) => {
			const key = `${group.name()}.${usage.split(' ')[0]?.replaceAll('-', '_')}`
			return group
				.command(usage)
				.description(t(`${key}.summary`))
				.option('--json', t('json'))
		},
		run: async ({ json }, work) => {
			try {
				const outcome = await withStaffApi(locale, work)
				if ('exact' in outcome) io.stdout.write(outcome.exact)
				else if (json) io.stdout.write(`${JSON.stringify(outcome.json, null, '\t')}\n`)
				else io.stdout.write(`${io.stdout.isTTY ? wrapProse(outcome.text, width) : outcome.text}\n`)
			} catch (error) {
				io.stderr.write(`${error instanceof UsageError ? error.message : explain(error)}\n`)
				process.exitCode = error instanceof UsageError ? 2 : 1
			}
		},
	}
}

/** As wide as is left of 100 columns where nothing tells: what is piped is mostly read in a terminal all the same. */
function columnsOf({ stdout }: CommandIo, given: string | undefined): number {
	const columns = stdout.isTTY ? stdout.columns : Number(given)
	return columns >= 40 ? columns : 100
}
