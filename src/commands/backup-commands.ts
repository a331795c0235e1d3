import type { Command } from 'commander'
import { readConfig } from '../config.ts'
import { readBackupFile, writeBackupFile } from '../db/backup/backup-file.ts'
import { type BackupKey, canDecrypt, readBackupKey } from '../db/backup/backup-key.ts'
import { type BackupSummary, checkBackup } from '../db/backup/read-backup.ts'
import { formatInstant } from '../kernel/format-moment.ts'
import { ask, canAsk } from './ask.ts'
import { type CommandContext, type Outcome, UsageError } from './command-context.ts'
import { commandLog } from './command-log.ts'

type Options = {
	json?: boolean
	key?: string
	force?: boolean
	replace?: boolean
	otherSecretKey?: boolean
	yes?: boolean
}

/** `envoi backup FILE`, `envoi backup check FILE` and `envoi restore FILE`. */
export function addBackupCommands(program: Command, context: CommandContext): void {
	const { t, run } = context
	const group = program
		.command('backup [file]')
		.description(t('backup.summary'))
		.option('--key <file>', t('backup.option.key'))
		.option('--force', t('file.force'))
		.option('--json', t('json'))
		.action((file: string | undefined, options: Options) =>
			run(options, async (api) => {
				if (file === undefined) throw new UsageError(t('backup.which'))
				const key = await keyOf(options)
				const made = await writeBackupFile(file, await api.getParts('/backup'), { key, force: options.force })
				return describeMade(context, { file, made, key })
			}),
		)
	group
		.command('check <file>')
		.description(t('backup.check.summary'))
		.action(async (file: string) => {
			const { key: keyFile, json } = group.opts<Options>()
			const key = await keyOf({ key: keyFile })
			const found = await checkBackup(readBackupFile(file, key))
			print(context, json, { json: found, text: describeFound(context, file, found) })
		})
	addRestore(program, context)
}

function addRestore(program: Command, context: CommandContext): void {
	const { t } = context
	program
		.command('restore <file>')
		.description(t('restore.summary'))
		.option('--key <file>', t('restore.option.key'))
		.option('--replace', t('restore.option.replace'))
		.option('--other-secret-key', t('restore.option.other_secret_key'))
		.option('--yes', t('restore.option.yes'))
		.option('--json', t('json'))
		.action(async (file: string, options: Options) => {
			const key = await keyOf(options)
			if (options.replace && !options.yes && !(await agrees(context))) {
				context.io.stderr.write(`${t('restore.not_agreed')}\n`)
				process.exitCode = 2
				return
			}
			const config = readConfig()
			const { restoreDatabase } = await import('../app/restore-database.ts')
			const { header, rows } = await restoreDatabase(config, commandLog({ ...config, logLevel: 'error' }), {
				file,
				key,
				replace: options.replace ?? false,
				otherSecret: options.otherSecretKey ?? false,
			})
			const steps = [context.suggest('digest status'), context.suggest('resume --after-restore')]
			const text = t('restore.done', { rows, time: timeOf(context, header.madeAt) })
			print(context, options.json, {
				json: { madeAt: header.madeAt, version: header.version, rows, held: true },
				text: [text, ...steps].join('\n'),
			})
		})
}

async function keyOf({ key }: Options): Promise<BackupKey | undefined> {
	return key === undefined ? undefined : readBackupKey(key)
}

async function agrees({ t, io }: CommandContext): Promise<boolean> {
	return canAsk(io) && (await ask(t('restore.sure'), io))
}

function describeMade(
	context: CommandContext,
	{ file, made, key }: { file: string; made: BackupSummary & { bytes: number }; key: BackupKey | undefined },
): Outcome {
	const { t } = context
	const json = { file, bytes: made.bytes, encrypted: key !== undefined, ...summaryOf(made) }
	const lines = [
		t('backup.done', { file, rows: made.rows, megabytes: Math.max(0.1, made.bytes / 1e6) }),
		key ? t(canDecrypt(key) ? 'backup.encrypted' : 'backup.encrypted_unread') : t('backup.open'),
		t('backup.beside'),
	]
	return { json, text: lines.join('\n') }
}

function describeFound(context: CommandContext, file: string, found: BackupSummary): string {
	const rows = Object.entries(found.tables)
		.filter(([, count]) => count > 0)
		.map(([name, count]) => [name, String(count)])
	const about = { file, rows: found.rows, version: found.version, time: timeOf(context, found.madeAt) }
	return `${context.t('backup.whole', about)}\n\n${context.table(['table', 'number'], rows)}`
}

function summaryOf({ madeAt, version, database, rows, tables }: BackupSummary) {
	return { madeAt, version, database, rows, tables }
}

function timeOf({ locale }: CommandContext, time: string): string {
	return formatInstant(new Date(time), { locale, timeZone: 'UTC' })
}

function print({ io }: CommandContext, json: boolean | undefined, outcome: { json: object; text: string }) {
	io.stdout.write(`${json ? JSON.stringify(outcome.json, null, '\t') : outcome.text}\n`)
}
