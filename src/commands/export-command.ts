import { extname } from 'node:path'
import type { Command } from 'commander'
import { dataSetNames } from '../kernel/data-set-names.ts'
import { type CommandContext, UsageError } from './command-context.ts'
import { refuseExisting } from './write-new-file.ts'
import { writeParts } from './write-parts.ts'

type Options = { table?: string; format?: string; force?: boolean; json?: boolean }

/** `envoi export SLUG FILE`: everything of a newsletter as an archive, or one of its tables. */
export function addExportCommand(program: Command, { t, run }: CommandContext): void {
	program
		.command('export <slug> <file>')
		.description(t('export.summary'))
		.option('--table <name>', t('export.option.table', { tables: dataSetNames.join(', ') }))
		.option('--format <format>', t('export.option.format'))
		.option('--force', t('file.force'))
		.option('--json', t('json'))
		.action((slug: string, file: string, options: Options) =>
			run(options, async (api) => {
				const path = `/newsletters/${encodeURIComponent(slug)}/${pathOf(file, options)}`
				await refuseExisting([file], options.force)
				const parts = await api.getParts(path)
				let bytes = 0
				const counted = async function* () {
					for await (const part of parts) {
						bytes += part.byteLength
						yield part
					}
				}
				await writeParts(file, counted(), options)
				const about = { file, megabytes: Math.max(0.1, bytes / 1e6) }
				return {
					json: { file, bytes },
					text: [t('export.done', about), t('export.careful')].join('\n'),
				}
			}),
		)

	function pathOf(file: string, { table, format }: Options): string {
		const ending = extname(file).toLowerCase()
		if (table === undefined && ['.csv', '.json'].includes(ending)) {
			throw new UsageError(t('export.one_table', { tables: dataSetNames.join(', ') }))
		}
		const chosen = format ?? (ending === '.json' ? 'json' : 'csv')
		if (chosen !== 'csv' && chosen !== 'json') throw new UsageError(t('export.format', { format: chosen }))
		if (table === undefined) return `exports.zip?format=${chosen}`
		if ((dataSetNames as readonly string[]).includes(table)) return `exports/${table}.${chosen}`
		throw new UsageError(t('export.table', { table, tables: dataSetNames.join(', ') }))
	}
}
