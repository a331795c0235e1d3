import { exportNewsletter } from '../../../exports/index.ts'
import type { Actor } from '../../../kernel/actor.ts'
import type { Clock } from '../../../kernel/clock.ts'
import { type DataSetName, dataSetNames } from '../../../kernel/data-set-names.ts'
import type { Database } from '../../../kernel/database.ts'
import { formatDay } from '../../../kernel/format-day.ts'
import type { Locale, Messages } from '../../../kernel/messages.ts'
import type { Answer } from '../../server/route.ts'
import { contentTypes, type TableFormat, writeTable } from './write-table.ts'
import { type FileOfZip, writeZip } from './write-zip.ts'

export type ExportDeps = { db: Database; clock: Clock; messages: Messages }

type Asking = { slug: string; format: TableFormat; actor: Actor }

/** One table of a newsletter as a file. */
export async function answerTable(
	deps: ExportDeps,
	{ slug, format, actor, name }: Asking & { name: DataSetName },
): Promise<Answer> {
	const [table] = await exportNewsletter(deps, { slug, names: [name] }, actor)
	if (!table) throw new Error(`no table ${name}`)
	return {
		parts: writeTable(table, format),
		contentType: contentTypes[format],
		headers: download(`${slug}-${name}.${format}`),
	}
}

/** All tables of a newsletter as one archive, with a note that says in the person's language what is in each. */
export async function answerEverything(
	deps: ExportDeps,
	{ slug, format, actor, locale }: Asking & { locale: Locale },
): Promise<Answer> {
	const tables = await exportNewsletter(deps, { slug, names: dataSetNames }, actor)
	const t = (key: string, params?: Record<string, string>) =>
		deps.messages.text(locale, `exports.${key}`, params)
	const now = deps.clock.now()
	const note = [
		t('note.lead', { slug, day: dayOf(now, locale) }),
		...tables.map(({ name }) => `${name}.${format}\n    ${t(`holds.${name}`)}`),
		t('note.careful'),
	].join('\r\n\r\n')
	const files: FileOfZip[] = [
		{ name: t('note.file'), parts: [`\ufeff${note}\r\n`] },
		...tables.map((table) => ({ name: `${table.name}.${format}`, parts: writeTable(table, format) })),
	]
	const day = now.toISOString().slice(0, 10)
	return {
		parts: writeZip(files, now),
		contentType: 'application/zip',
		headers: download(`${slug}-${day}.zip`),
	}
}

function dayOf(at: Date, locale: Locale): string {
	return formatDay(at, { locale, timeZone: 'UTC' })
}

function download(fileName: string): Record<string, string> {
	return { 'Content-Disposition': `attachment; filename="${fileName}"` }
}
