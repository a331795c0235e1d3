import { type Command, type CommanderError, Help, type Option } from 'commander'
import { type CommandContext, CommandEnd } from './command-context.ts'

// what Commander says of itself, with the words of ours that replace it
const titles: Record<string, string> = {
	'Usage:': 'help.usage',
	'Options:': 'help.options',
	'Commands:': 'help.commands',
	'Arguments:': 'help.arguments',
}

/** Makes a command and all that are under it by now speak the person's language; a wrong usage ends with exit code 2. */
export function speakHelp(command: Command, context: Pick<CommandContext, 't' | 'io'>): void {
	const { t, io } = context
	command
		.helpOption('-h, --help', t('help.help'))
		.helpCommand(false)
		.showHelpAfterError(false)
		.configureHelp({
			styleTitle: (title) => (titles[title] ? t(titles[title]) : title),
			commandUsage(inner) {
				return speakValues(Help.prototype.commandUsage.call(this, inner), t)
			},
			subcommandTerm(inner) {
				return speakValues(Help.prototype.subcommandTerm.call(this, inner), t)
			},
			optionTerm: ({ flags }) => speakValues(flags, t),
			optionDescription: (option) => describeOption(option, t),
			boxWrap: wrap,
		})
		.configureOutput({ outputError: () => {} })
		.exitOverride((error) => {
			if (error.exitCode === 0) throw new CommandEnd(0)
			if (error.code !== 'commander.help') io.stderr.write(`${explainUsage(error, t)}\n`)
			throw new CommandEnd(2)
		})
	for (const inner of command.commands) speakHelp(inner, context)
}

/** What stands for a value, as in `<text>`, `[file]` or `<id...>`, in the person's language. */
function speakValues(usage: string, t: CommandContext['t']): string {
	return usage.replace(
		/([<[])([#a-z-]+)((?:\.{3})?[>\]])/g,
		(_, before, name, after) => before + nameValue(name, t) + after,
	)
}

function nameValue(name: string, t: CommandContext['t']): string {
	return t(`help.value.${name.replace('#', '').replaceAll('-', '_')}`)
}

function describeOption({ description, argChoices, defaultValue }: Option, t: CommandContext['t']): string {
	const choices = argChoices && t('help.choices', { choices: argChoices.join(', ') })
	const value = typeof defaultValue === 'string' && t('help.default', { value: defaultValue })
	return [description, choices, value].filter(Boolean).join(' ')
}

// a space that no line may end at, and what stands for it while Commander wraps: to that, each of these is a space
const keptSpaces = { ' ': '\ue000', '\u00a0': '\ue001', '\u202f': '\ue002' }

/** Wraps as Commander does, but neither at a non-breaking space nor inside quotation marks: that is to be copied. */
function wrap(this: Help, text: string, width: number): string {
	const { ' ': inQuotes, ...always } = keptSpaces
	let kept = text.replace(/[“«][^”»]*[”»]/g, (quoted) => quoted.replaceAll(' ', inQuotes))
	for (const [space, mark] of Object.entries(always)) kept = kept.replaceAll(space, mark)
	let wrapped = Help.prototype.boxWrap.call(this, kept, width)
	for (const [space, mark] of Object.entries(keptSpaces)) wrapped = wrapped.replaceAll(mark, space)
	return wrapped
}

const known = new Set([
	'commander.unknownCommand',
	'commander.unknownOption',
	'commander.missingArgument',
	'commander.optionMissingArgument',
	'commander.missingMandatoryOptionValue',
	'commander.excessArguments',
	'commander.invalidArgument',
])

/** What Commander puts in quotation marks: a name of ours is spoken, what somebody typed stays as it is. */
function nameMissing(
	code: string,
	{ named, message }: { named: string; message: string },
	t: CommandContext['t'],
): string {
	if (code === 'commander.missingArgument') return nameValue(named, t)
	return /^(?:error: )?option '/.test(message) ? speakValues(named, t) : named
}

function explainUsage({ code, message }: CommanderError, t: CommandContext['t']): string {
	if (!known.has(code)) return message
	const named = /'([^']+)'/.exec(message)?.[1] ?? ''
	const what = nameMissing(code, { named, message }, t)
	const choices = /Allowed choices are (.+)\.$/.exec(message)?.[1]
	if (choices !== undefined) return t('usage.choice', { what, choices })
	return `${t(`usage.${code.replace('commander.', '')}`, { what })}\n${t('usage.see_help')}`
}
