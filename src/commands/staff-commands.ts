import type { Command } from 'commander'
import { addBackupCommands } from './backup-commands.ts'
import type { CommandContext } from './command-context.ts'
import { addDigestCommands } from './digest-commands.ts'
import { addExportCommand } from './export-command.ts'
import { addImportCommands } from './import-commands.ts'
import { addKeyCommands } from './key-commands.ts'
import { addNewsletterCommands } from './newsletter-commands.ts'
import { addReaderCommands } from './reader-commands.ts'
import { addReadersCommands } from './readers-commands.ts'
import { addResumeCommand } from './resume-command.ts'
import { addRetentionCommand } from './retention-command.ts'
import { addSourceCommands } from './source-commands.ts'
import { addStaffMemberCommands } from './staff-member-commands.ts'
import { addStoryCommands } from './story-commands.ts'
import { addTopicCommands } from './topic-commands.ts'
import { addWebhookCommands } from './webhook-commands.ts'

const groups: Record<string, (group: Command, context: CommandContext) => void> = {
	newsletter: addNewsletterCommands,
	topic: addTopicCommands,
	source: addSourceCommands,
	story: addStoryCommands,
	reader: addReaderCommands,
	readers: addReadersCommands,
	digest: addDigestCommands,
	key: addKeyCommands,
	webhook: addWebhookCommands,
	staff: addStaffMemberCommands,
}

/** Adds what staff does from the command line: thin clients of the staff API. */
export function addStaffCommands(program: Command, context: CommandContext): void {
	for (const [name, addCommands] of Object.entries(groups)) {
		const group = program.command(name).description(context.t(`${name}.summary`))
		addCommands(group, context)
	}
	addBackupCommands(program, context)
	addImportCommands(program, context)
	addExportCommand(program, context)
	addResumeCommand(program, context)
	addRetentionCommand(program, context)
}
