import { fileURLToPath } from 'node:url'
import { ConfigError } from '../config.ts'
import { AppError } from '../kernel/app-error.ts'
import { type Locale, loadMessages, type Messages } from '../kernel/messages.ts'
import { reasonOf } from './reason-of.ts'

/** The texts of the command line: the same catalogs as the pages. */
export function loadCommandTexts(): Messages {
	return loadMessages(fileURLToPath(new URL('../strings/', import.meta.url)))
}

/** The language of the terminal (POSIX locale variables, in their order of rank), English where there is none. */
export function terminalLocale(
	env: Readonly<Record<string, string | undefined>>,
	messages: Messages,
): Locale {
	const set = env.LC_ALL || env.LC_MESSAGES || env.LANG || ''
	const language = set.slice(0, 2).toLowerCase()
	return messages.locales.includes(language) ? language : 'en'
}

/** An error as one sentence, and a line for each field. What nobody foresaw shows its inside only where `inDepth`. */
export function explainError(error: unknown, locale: Locale, messages: Messages, inDepth = false): string {
	if (error instanceof ConfigError) return error.explain(locale, messages)
	if (!(error instanceof AppError)) return explainFault(error, locale, messages, inDepth)
	const fields = error.fields.map(
		({ field, message, params }) =>
			`  ${messages.text(locale, 'cli.labelled', { label: field, words: messages.text(locale, message, params) })}`,
	)
	const reason = reasonOf(error.cause, locale, messages)
	return [messages.text(locale, error.message, { reason, ...error.params }), ...fields].join('\n')
}

/** A fault of files or the network is told by its place and its reason, any other by its own words. */
function explainFault(error: unknown, locale: Locale, messages: Messages, inDepth: boolean): string {
	const { syscall, path, hostname, address } = (error ?? {}) as Record<string, string | undefined>
	const reason = reasonOf(error, locale, messages)
	const host = hostname ?? address
	const [key, place] = path
		? ['errors.system.file', { path }]
		: syscall && host
			? ['errors.system.network', { host }]
			: ['errors.cli.unexpected', {}]
	const sentence = messages.text(locale, String(key), { reason, ...(place as object) })
	return inDepth && error instanceof Error ? `${sentence}\n${error.stack}` : sentence
}
