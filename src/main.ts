#!/usr/bin/env -S node --max-semi-space-size=4
import { Command } from 'commander'
import { createCommandContext } from './commands/command-context.ts'
import { addLocalCommands } from './commands/local-commands.ts'
import { optionOfField } from './commands/option-of-field.ts'
import { explainError, loadCommandTexts } from './commands/speak.ts'
import { speakHelp } from './commands/speak-help.ts'
import { addStaffCommands } from './commands/staff-commands.ts'
import { readVersion } from './read-version.ts'

// the reader of a pipe may have read enough, as "| head" does
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
	if (error.code !== 'EPIPE') throw error
	process.exit(0)
})

const context = createCommandContext({ stdout: process.stdout, stderr: process.stderr }, optionOfField)
const program = new Command('envoi')
	.description(context.t('summary'))
	.version(await readVersion(), '-V, --version', context.t('help.version'))
addLocalCommands(program, context)
addStaffCommands(program, context)
speakHelp(program, context)

try {
	await program.parseAsync()
} catch (error) {
	process.stderr.write(`${explainError(error, context.locale, loadCommandTexts())}\n`)
	process.exitCode = 1
}
