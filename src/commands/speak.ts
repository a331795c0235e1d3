import { fileURLToPath } from 'node:url'
import { ConfigError } from '../config.ts'
import { AppError } from '../kernel/app-error.ts'
import { type Locale, loadMessages, type Messages } from '../kernel/messages.ts'

/** The texts of the command line: the same catalogs as the pages. */
export function loadCommandTexts(): Messages {
	return loadMessages(fileURLToPath(new URL('../http/strings/', import.meta.url)))
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

/** An error as one sentence, and a line for each field. */
export function explainError(error: unknown, locale: Locale, messages: Messages): string {
	if (error instanceof ConfigError) return error.explain(locale, messages)
	if (!(error instanceof AppError))
		return error instanceof Error ? (error.stack ?? error.message) : String(error)
	const fields = error.fields.map(
		({ field, message, params }) => `  ${field}: ${messages.text(locale, message, params)}`,
	)
	return [messages.text(locale, error.message, error.params), ...fields].join('\n')
}
