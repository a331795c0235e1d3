import type { Command } from 'commander'
import type { CommandContext, CommandIo } from './command-context.ts'

// each command loads what it needs: a look at a feed should not wait for a database to be read in

/** Adds what runs Envoi itself, and the tools that need no database. */
export function addLocalCommands(program: Command, context: CommandContext): void {
	addProcesses(program, context)
	const group = (name: string) => program.command(name).description(context.t(`${name}.summary`))
	addFeedTools(group('feed'), context)
	addBounceTools(group('bounce'), context)
	addDkimTools(group('dkim'), context)
	addRelayTools(group('relay'), context)
}

function addProcesses(program: Command, { t, io }: CommandContext): void {
	program
		.command('serve')
		.description(t('serve.summary'))
		.option('--roles <list>', t('serve.option.roles'))
		.action(async ({ roles }: { roles?: string }) => {
			const { parseRoles, serve } = await import('./serve.ts')
			await serve(roles === undefined ? undefined : parseRoles(roles), t)
		})

	program
		.command('migrate')
		.description(t('migrate.summary'))
		.action(async () => {
			const { migrate } = await import('./migrate.ts')
			await migrate()
		})

	program
		.command('demo')
		.description(t('demo.summary'))
		.option('--once', t('demo.option.once'))
		.action(async ({ once }: { once?: boolean }) => {
			const { demo } = await import('./demo.ts')
			process.exitCode = await demo({ once: once ?? false, stdout: io.stdout })
		})
}

/** A terminal is read by people, a pipe by programs. */
const forPeople = ({ stdout }: CommandIo, json: boolean | undefined) => stdout.isTTY && !json

function addFeedTools(feed: Command, { t, io, locale, width }: CommandContext): void {
	feed
		.command('preview <url-or-file>')
		.description(t('feed.preview.summary'))
		.option('--json', t('json_lines'))
		.action(async (target: string, { json }: { json?: boolean }) => {
			const { previewFeed } = await import('./feed.ts')
			process.exitCode = await previewFeed(target, io, locale, forPeople(io, json) ? { width } : undefined)
		})
}

function addBounceTools(bounce: Command, context: CommandContext): void {
	const { t, io, locale, width, add, run } = context
	bounce
		.command('explain <files...>')
		.description(t('bounce.explain.summary'))
		.option('--json', t('json_lines'))
		.action(async (files: string[], { json }: { json?: boolean }) => {
			const { explainBounces } = await import('./bounce.ts')
			process.exitCode = await explainBounces(files, io, locale, forPeople(io, json) ? { width } : undefined)
		})
	add(bounce, 'replay <folder>').action(async (folder: string, options: { json?: boolean }) => {
		const { replayFolder } = await import('./bounce-replay.ts')
		await run(options, (api) => replayFolder(api, folder, context))
	})
}

type DkimOptions = { domain: string; selector?: string; ed25519?: boolean; out?: string }

function addDkimTools(dkim: Command, { t, io, locale }: CommandContext): void {
	dkim
		.command('keygen')
		.description(t('dkim.keygen.summary'))
		.requiredOption('--domain <domain>', t('dkim.option.domain'))
		.option('--selector <name>', t('dkim.option.selector'))
		.option('--ed25519', t('dkim.option.ed25519'))
		.option('--out <file>', t('dkim.option.out'))
		.action(async (options: DkimOptions) => {
			const { generateDkimKey } = await import('./dkim.ts')
			process.exitCode = await generateDkimKey(options, io, locale)
		})
}

function addRelayTools(relay: Command, { t, io, locale }: CommandContext): void {
	relay
		.command('measure')
		.description(t('relay.measure.summary'))
		.action(async () => {
			const { measureRelays } = await import('./relay.ts')
			process.exitCode = await measureRelays(io, locale)
		})
}
