#!/usr/bin/env node
import { Command } from 'commander'
import { explainError, loadCommandTexts, terminalLocale } from './commands/speak.ts'
import { addStaffCommands } from './commands/staff-commands.ts'
import { readEnvironment } from './config.ts'
import { readVersion } from './read-version.ts'

const messages = loadCommandTexts()
const locale = terminalLocale(readEnvironment(), messages)
const io = { stdout: process.stdout, stderr: process.stderr }

// the reader of a pipe may have read enough, as "| head" does
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
	if (error.code !== 'EPIPE') throw error
	process.exit(0)
})

// each command loads what it needs: a look at a feed should not wait for a database to be read in
const program = new Command('envoi')
	.description('Newsletters that an organisation runs itself.')
	.version(await readVersion())
	.showHelpAfterError()

program
	.command('serve')
	.description('run the API, the workers or both, until SIGTERM')
	.option('--roles <list>', 'api, workers or both', 'api,workers')
	.action(async ({ roles }: { roles: string }) => {
		const { parseRoles, serve } = await import('./commands/serve.ts')
		await serve(parseRoles(roles))
	})

program
	.command('migrate')
	.description('bring the database to this version')
	.action(async () => {
		const { migrate } = await import('./commands/migrate.ts')
		await migrate()
	})

program
	.command('demo')
	.description('see the main job happen, on a throw-away database')
	.option('--once', 'end when it is done instead of staying up')
	.action(async ({ once }: { once?: boolean }) => {
		const { demo } = await import('./commands/demo.ts')
		process.exitCode = await demo({ once: once ?? false, stdout: process.stdout })
	})

program
	.command('feed')
	.description('feeds')
	.command('preview <url-or-file>')
	.description('print the stories of a feed as JSON, one a line; needs no database')
	.action(async (target: string) => {
		const { previewFeed } = await import('./commands/feed.ts')
		process.exitCode = await previewFeed(target, io, locale)
	})

program
	.command('bounce')
	.description('returned mail')
	.command('explain <files...>')
	.description('print what reports mean as JSON, one a line; needs no database')
	.action(async (files: string[]) => {
		const { explainBounces } = await import('./commands/bounce.ts')
		process.exitCode = await explainBounces(files, io)
	})

addStaffCommands(program, io)

try {
	await program.parseAsync()
} catch (error) {
	process.stderr.write(`${explainError(error, locale, messages)}\n`)
	process.exitCode = 1
}
