#!/usr/bin/env -S node --max-semi-space-size=4
import { Command } from 'commander'
import { createCommandContext, howToCall } from './commands/command-context.ts'
import { addLocalCommands } from './commands/local-commands.ts'
import { optionOfField } from './commands/option-of-field.ts'
import { explainError, loadCommandTexts } from './commands/speak.ts'
import { speakHelp } from './commands/speak-help.ts'
import { addStaffCommands } from './commands/staff-commands.ts'
import { readEnvFile, readEnvironment } from './config.ts'
import { readVersion } from './read-version.ts'

// the reader of a pipe may have read enough, as "| head" does
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
	if (error.code !== 'EPIPE') throw error
	process.exit(0)
})

const envFileTrouble = tryToLoadEnvFile()

const context = createCommandContext({ stdout: process.stdout, stderr: process.stderr }, optionOfField)
const program = new Command(howToCall)
	.description(context.t('summary'))
	.version(await readVersion(), '-V, --version', context.t('help.version'))
addLocalCommands(program, context)
addStaffCommands(program, context)
speakHelp(program, context)

try {
	if (envFileTrouble) throw envFileTrouble.error
	await program.parseAsync()
} catch (error) {
	const inDepth = ['debug', 'trace'].includes(readEnvironment().LOG_LEVEL ?? '')
	process.stderr.write(`${explainError(error, context.locale, loadCommandTexts(), inDepth)}\n`)
	// all that was opened has been closed: what still holds the process, such as a name that is being looked up, may not
	process.exit(1)
}

/** Before anything else is read, for the language may stand in it; told once that language is known. */
function tryToLoadEnvFile(): { error: unknown } | undefined {
	try {
		readEnvFile()
		return undefined
	} catch (error) {
		return { error }
	}
}
