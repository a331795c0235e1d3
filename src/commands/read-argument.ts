import { type CommandContext, UsageError } from './command-context.ts'

/** The number of an entry, as a list shows it. Throws a UsageError. */
export function readId(text: string, t: CommandContext['t']): number {
	if (/^[1-9]\d{0,14}$/.test(text)) return Number(text)
	throw new UsageError(t('usage.id', { what: text }))
}

/** The whole number that an option was given, if it was. Throws a UsageError that names the option. */
export function readNumber(
	text: string | undefined,
	option: string,
	t: CommandContext['t'],
): number | undefined {
	if (text === undefined) return undefined
	if (/^\d{1,9}$/.test(text)) return Number(text)
	throw new UsageError(t('usage.number', { what: option }))
}
