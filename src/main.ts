#!/usr/bin/env node
import { Command } from 'commander'
import { readVersion } from './app.ts'
import { explainBounces } from './commands/bounce.ts'
import { demo } from './commands/demo.ts'
import { previewFeed } from './commands/feed.ts'
import { migrate } from './commands/migrate.ts'
import { parseRoles, serve } from './commands/serve.ts'
import { explainError, loadCommandTexts, terminalLocale } from './commands/speak.ts'
import { addStaffCommands } from './commands/staff-commands.ts'
import { readEnvironment } from './config.ts'

const messages = loadCommandTexts()
const locale = terminalLocale(readEnvironment(), messages)
const io = { stdout: process.stdout, stderr: process.stderr }

const program = new Command('envoi')
	.description('Newsletters that an organisation runs itself.')
	.version(await readVersion())
	.showHelpAfterError()

program
	.command('serve')
	.description('run the API, the workers or both, until SIGTERM')
	.option('--roles <list>', 'api, workers or both', 'api,workers')
	.action(async ({ roles }: { roles: string }) => serve(parseRoles(roles)))

program.command('migrate').description('bring the database to this version').action(migrate)

program
	.command('demo')
	.description('see the main job happen, on a throw-away database')
	.option('--once', 'end when it is done instead of staying up')
	.action(async ({ once }: { once?: boolean }) => {
		process.exitCode = await demo({ once: once ?? false, stdout: process.stdout })
	})

program
	.command('feed')
	.description('feeds')
	.command('preview <url-or-file>')
	.description('print the stories of a feed as JSON, one a line; needs no database')
	.action(async (target: string) => {
		process.exitCode = await previewFeed(target, io)
	})

program
	.command('bounce')
	.description('returned mail')
	.command('explain <files...>')
	.description('print what reports mean as JSON, one a line; needs no database')
	.action(async (files: string[]) => {
		process.exitCode = await explainBounces(files, io)
	})

addStaffCommands(program, io)

try {
	await program.parseAsync()
} catch (error) {
	process.stderr.write(`${explainError(error, locale, messages)}\n`)
	process.exitCode = 1
}
