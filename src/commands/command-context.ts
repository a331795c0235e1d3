import type { Command } from 'commander'
import { readEnvironment } from '../config.ts'
import type { MessageParams } from '../kernel/app-error.ts'
import type { Locale } from '../kernel/messages.ts'
import { explainError, loadCommandTexts, terminalLocale } from './speak.ts'
import { ApiRefusal } from './staff-client.ts'
import { type StaffApi, withStaffApi } from './with-staff-api.ts'

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
	/** A command to type next, as this person calls Envoi. */
	suggest(command: string): string
	/** A command `name` under `group` with its summary and `--json`; `key` is where its texts are. */
	add(group: Command, usage: string): Command
	/** Runs work on the staff API and prints its outcome; what the API refuses ends with its sentence and exit code 1. */
	run(options: { json?: boolean }, work: (api: StaffApi) => Promise<Outcome>): Promise<void>
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
	const envoi = environment.npm_lifecycle_event === 'envoi' ? 'npm run envoi --' : 'envoi'

	const explain = (error: unknown): string => {
		if (!(error instanceof ApiRefusal)) return explainError(error, locale, messages)
		const fields = error.fields.filter(({ message }) => message !== error.message)
		const lines = fields.map(({ field, message }) => `  ${nameOfField(field)}: ${message}`)
		return [error.message, ...new Set(lines)].join('\n')
	}

	return {
		locale,
		io,
		text,
		t,
		suggest: (command) => `  ${envoi} ${command}`,
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
				else io.stdout.write(`${json ? JSON.stringify(outcome.json, null, '\t') : outcome.text}\n`)
			} catch (error) {
				io.stderr.write(`${error instanceof UsageError ? error.message : explain(error)}\n`)
				process.exitCode = error instanceof UsageError ? 2 : 1
			}
		},
	}
}
