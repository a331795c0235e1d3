import type { Command, CommanderError } from 'commander'
import type { CommandContext } from './command-context.ts'

// what Commander says of itself, with the words of ours that replace it
const titles: Record<string, string> = {
	'Usage:': 'help.usage',
	'Options:': 'help.options',
	'Commands:': 'help.commands',
	'Arguments:': 'help.arguments',
}

/** Makes a command and all under it, now and later, speak the person's language; a wrong usage ends with exit code 2. */
export function speakHelp(command: Command, context: Pick<CommandContext, 't' | 'io'>): void {
	const { t, io } = context
	command
		.helpOption('-h, --help', t('help.help'))
		.helpCommand(false)
		.showHelpAfterError(false)
		.configureHelp({ styleTitle: (title) => (titles[title] ? t(titles[title]) : title) })
		.configureOutput({ outputError: () => {} })
		.exitOverride((error) => {
			if (error.exitCode === 0) process.exit(0)
			if (error.code !== 'commander.help') io.stderr.write(`${explainUsage(error, t)}\n`)
			process.exit(2)
		})
	for (const inner of command.commands) speakHelp(inner, context)
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

function explainUsage({ code, message }: CommanderError, t: CommandContext['t']): string {
	if (!known.has(code)) return message
	const what = /'([^']+)'/.exec(message)?.[1] ?? ''
	return `${t(`usage.${code.replace('commander.', '')}`, { what })}\n${t('usage.see_help')}`
}
