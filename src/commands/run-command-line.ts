import { Command } from 'commander'
import { readEnvironment } from '../config.ts'
import { readVersion } from '../read-version.ts'
import { CommandEnd, type CommandIo, createCommandContext, howToCall } from './command-context.ts'
import { addLocalCommands } from './local-commands.ts'
import { optionOfField } from './option-of-field.ts'
import { explainError, loadCommandTexts } from './speak.ts'
import { speakHelp } from './speak-help.ts'
import { addStaffCommands } from './staff-commands.ts'

/**
 * Runs one command line, its words without the program's name; `trouble` is what was found wrong before. Gives the code
 * that the process is to exit with at once: 1 where something went wrong, 2 where the command was used wrongly, either
 * explained on `stderr`; undefined where the process ends by itself, with `process.exitCode`.
 */
export async function runCommandLine(
	args: readonly string[],
	io: CommandIo,
	trouble?: { error: unknown },
): Promise<number | undefined> {
	const context = createCommandContext(io, optionOfField)
	const program = new Command(howToCall)
		.description(context.t('summary'))
		.version(await readVersion(), '-V, --version', context.t('help.version'))
		.configureOutput({
			writeOut: (text) => void io.stdout.write(text),
			writeErr: (text) => void io.stderr.write(text),
		})
	addLocalCommands(program, context)
	addStaffCommands(program, context)
	speakHelp(program, context)
	try {
		if (trouble) throw trouble.error
		await program.parseAsync(args, { from: 'user' })
	} catch (error) {
		if (error instanceof CommandEnd) return error.exitCode
		const inDepth = ['debug', 'trace'].includes(readEnvironment().LOG_LEVEL ?? '')
		io.stderr.write(`${explainError(error, context.locale, loadCommandTexts(), inDepth)}\n`)
		// all that was opened has been closed: what still holds the process, such as a name that is being looked up, may not
		return 1
	}
	return undefined
}
