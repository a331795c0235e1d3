import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type { ReplayAnswer } from '../http/api/index.ts'
import { storedReportKinds } from '../kernel/enumerations.ts'
import { type CommandContext, type Outcome, UsageError } from './command-context.ts'
import { facts } from './print.ts'
import { ApiRefusal } from './staff-client.ts'
import type { StaffApi } from './with-staff-api.ts'

type Replayed = { file: string } & (ReplayAnswer | { error: string })

/**
 * `envoi bounce replay`: hands every file under a folder over as a report, in the order of their names, and tells what
 * followed. One that can't be read is told, and the rest goes on: exit code 1. Reports that came before do nothing.
 */
export async function replayFolder(
	api: StaffApi,
	folder: string,
	{ t }: Pick<CommandContext, 't'>,
): Promise<Outcome> {
	const files = await listFiles(folder, t)
	const items: Replayed[] = []
	for (const file of files) items.push({ file, ...(await replay(api, join(folder, file))) })
	const failed = items.filter((item) => 'error' in item)
	if (failed.length > 0) process.exitCode = 1
	const troubles = failed.map(({ file, error }) => t('labelled', { label: file, words: error }))
	return { json: { items }, text: [facts(sumUp(items, t)), ...troubles].join('\n') }
}

async function listFiles(folder: string, t: CommandContext['t']): Promise<string[]> {
	const found = await readdir(folder, { recursive: true, withFileTypes: true }).catch(
		(error: NodeJS.ErrnoException) => {
			throw new UsageError(t('bounce.replay.no_folder', { folder, reason: error.code ?? error.message }))
		},
	)
	const files = found
		.filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
		.map((entry) => relative(folder, join(entry.parentPath, entry.name)))
	if (files.length === 0) throw new UsageError(t('bounce.replay.empty', { folder }))
	return files.sort()
}

async function replay(api: StaffApi, path: string): Promise<ReplayAnswer | { error: string }> {
	try {
		return await api.postBytes<ReplayAnswer>('/bounces/reports', await readFile(path))
	} catch (error) {
		if (error instanceof ApiRefusal) return { error: error.message }
		if (error instanceof Error && 'code' in error) return { error: error.message }
		throw error
	}
}

const kinds = [...storedReportKinds, 'known'] as const

/** How many files were what, and how often each thing followed. */
function sumUp(items: readonly Replayed[], t: CommandContext['t']): Array<[string, string]> {
	const read = items.filter((item): item is { file: string } & ReplayAnswer => 'kind' in item)
	const results = read.flatMap((item) => item.results)
	const rows = [
		['files', items.length],
		...kinds.map(
			(kind) => [kind.replace('-', '_'), read.filter((item) => item.kind === kind).length] as const,
		),
		['unmatched', results.filter(({ kind }) => kind === 'unmatched').length],
		['suppressed', results.filter(({ effect }) => effect !== 'none').length],
		['failed', items.length - read.length],
	] as const
	return rows
		.filter(([name, count]) => count > 0 || name === 'files')
		.map(([name, count]) => [t(`bounce.replay.sum.${name}`), String(count)])
}
