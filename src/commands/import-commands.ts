import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Command } from 'commander'
import type { ImportAnswer, ImportedSuppressionsAnswer, ImportRowPageAnswer } from '../http/api/index.ts'
import { AppError } from '../kernel/app-error.ts'
import { importOutcomes } from '../kernel/enumerations.ts'
import { ask, canAsk } from './ask.ts'
import { type CommandContext, type Outcome, UsageError } from './command-context.ts'
import { followImport } from './follow-import.ts'
import { readNumber } from './read-argument.ts'
import { describeHold } from './resume-command.ts'
import { ApiRefusal } from './staff-client.ts'
import type { StaffApi } from './with-staff-api.ts'
import { refuseExisting } from './write-new-file.ts'
import { writeParts } from './write-parts.ts'

type Options = {
	json?: boolean
	newsletter?: string
	columns?: string
	encoding?: string
	separator?: string
	dates?: string
	basis?: string
	day?: string
	words?: string
	evidence?: string
	evidenceFile?: string
	months?: string
	perDay?: string
	overwrite?: string
	report?: string
	unusable?: string
	force?: boolean
	yes?: boolean
}

/** `envoi import FILE` and `envoi import suppressions FILE`. */
export function addImportCommands(program: Command, context: CommandContext): void {
	const { t, run } = context
	const group = program
		.command('import [file]')
		.description(t('import.summary'))
		.option('--newsletter <slug>', t('import.option.newsletter'))
		.option('--columns <names>', t('import.option.columns'))
		.option('--encoding <name>', t('import.option.encoding'))
		.option('--separator <character>', t('import.option.separator'))
		.option('--dates <order>', t('import.option.dates'))
		.option('--basis <why>', t('import.option.basis'))
		.option('--day <day>', t('import.option.day'))
		.option('--words <text>', t('import.option.words'))
		.option('--evidence <text>', t('import.option.evidence'))
		.option('--evidence-file <file>', t('import.option.evidence_file'))
		.option('--months <number>', t('import.option.months'))
		.option('--per-day <number>', t('import.option.per_day'))
		.option('--overwrite <what>', t('import.option.overwrite'))
		.option('--report <file>', t('import.option.report'))
		.option('--unusable <file>', t('import.option.unusable'))
		.option('--force', t('file.force'))
		.option('--yes', t('import.option.yes'))
		.option('--json', t('json'))
		.action((file: string | undefined, options: Options) =>
			run(options, (api) => importFile(api, file, options, context)),
		)
	group
		.command('suppressions <file>')
		.description(t('import.suppressions.summary'))
		.option('--json', t('json'))
		.action((file: string, options: Options) => run(options, (api) => importSuppressions(api, file, context)))
}

async function importFile(
	api: StaffApi,
	file: string | undefined,
	options: Options,
	context: CommandContext,
): Promise<Outcome> {
	const { t, io } = context
	if (!file || !options.newsletter) throw new UsageError(t('usage.import'))
	await requireFile(file)
	if (options.evidenceFile) await requireFile(options.evidenceFile)
	await refuseExisting([options.report ?? [], options.unusable ?? []].flat(), options.force)
	const slug = encodeURIComponent(options.newsletter)
	await api.get(`/newsletters/${slug}`)
	const query = { fileName: basename(file) }
	const { id } = await api.postFile<ImportAnswer>(
		`/newsletters/${slug}/imports`,
		createReadStream(file),
		query,
	)
	if (options.evidenceFile)
		await api.postFile(`/imports/${id}/evidence`, createReadStream(options.evidenceFile))
	const changes = readChanges(options, context)
	if (Object.keys(changes).length > 0) await api.patch(`/imports/${id}`, changes)
	api.workHere?.()
	await api.post(`/imports/${id}/check`)
	const checked = await followImport(api, id, context)
	if (checked.state === 'failed') throw new ApiRefusal(checked.problem ?? t('import.failed'), [])
	const forecast = await describeImport(api, checked, context)
	if (!(await shallRun(checked, forecast, options, context))) {
		const text = [forecast, await writeUnusable(api, checked, options, context), t('import.not_run', { id })]
		return { json: checked, text: text.filter(Boolean).join('\n\n') }
	}
	await api.post(`/imports/${id}/run`)
	const done = await followImport(api, id, context)
	const report = options.report ?? null
	if (report) await writeParts(report, await api.getParts(`/imports/${id}/report.csv`), options)
	if (done.state === 'failed') process.exitCode = 1
	const text = [await describeImport(api, done, context), report && t('import.report', { file: report })]
	text.push(await writeUnusable(api, done, options, context))
	if (done.held) text.push([t('import.held'), ...(await describeHold(api, context))].join('\n'))
	if (io.stdout.isTTY && !report) text.push(t('import.no_report', { id }))
	return { json: done, text: text.filter(Boolean).join('\n\n') }
}

/** Gives a sentence on the file that it wrote; none where there was nothing to write. */
async function writeUnusable(
	api: Pick<StaffApi, 'getParts'>,
	{ id, outcomes }: ImportAnswer,
	{ unusable: file, force }: Options,
	{ t }: CommandContext,
): Promise<string> {
	if (file === undefined || !outcomes?.unusable) return ''
	await writeParts(file, await api.getParts(`/imports/${id}/unusable.csv`), { force: force ?? false })
	return t('import.unusable', { file })
}

/** Shows what would happen, and asks at the terminal; from a script it takes `--yes`. */
async function shallRun(
	{ basis }: ImportAnswer,
	forecast: string,
	{ yes }: Options,
	{ io, t }: CommandContext,
): Promise<boolean> {
	if (yes) return true
	if (!basis || !canAsk(io)) return false
	io.stderr.write(`${forecast}\n`)
	return ask(t('import.ask'), io)
}

function readChanges(options: Options, { t }: CommandContext): object {
	const { columns, encoding, separator, dates, basis, day, words, evidence, overwrite } = options
	const months = readNumber(options.months, '--months', t)
	const perDay = readNumber(options.perDay, '--per-day', t)
	const list = (text: string | undefined) => text?.split(',').map((each) => each.trim())
	const changes = {
		columns: list(columns)?.map((name) => (name === '-' ? 'left_out' : name)),
		encoding,
		separator: separator === 'tab' ? '\t' : separator,
		dateOrder: dates?.replace('-', '_'),
		overwrite: list(overwrite),
		basis: basis && { kind: basis, day, words, evidence, months, perDay },
	}
	return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined))
}

const shownProblems = 10

/** The sums of an import, and the first rows that can't be used. */
async function describeImport(
	api: Pick<StaffApi, 'get'>,
	{ id, outcomes, state, rows, shape }: ImportAnswer,
	{ t, table }: CommandContext,
): Promise<string> {
	const key = state === 'done' ? 'done' : 'forecast'
	const sums = importOutcomes.flatMap((each) => {
		const count = outcomes?.[each] ?? 0
		return count > 0 ? [[t(`import.outcome.${each}`), String(count)]] : []
	})
	const list = table(['what', 'number'], [...sums, [t('import.rows'), String(rows)]])
	const { items } = await api.get<ImportRowPageAnswer>(`/imports/${id}/rows`, {
		outcome: 'unusable',
		limit: shownProblems,
	})
	const problems = items.map((row) => [String(row.line), row.address ?? '', row.reason ?? ''])
	const unusable = problems.length > 0 ? table(['line', 'address', 'reason'], problems) : ''
	const { dateOrder, dateOrderBy, dateOrderLine } = shape
	const hasDays = state !== 'done' && dateOrderBy !== 'no_dates'
	const days = hasDays && t(`import.dates.${dateOrderBy}`, { order: dateOrder, line: dateOrderLine ?? 0 })
	return [t(`import.${key}`, { id }), list, unusable, days].filter(Boolean).join('\n\n')
}

async function importSuppressions(api: StaffApi, file: string, context: CommandContext): Promise<Outcome> {
	const { t, table } = context
	await requireFile(file)
	await api.get('/suppressions', { limit: 1 })
	const json = await api.postFile<ImportedSuppressionsAnswer>('/suppressions/import', createReadStream(file))
	const { added, known, refusedCount, refused } = json
	const problems = refused.slice(0, shownProblems).map(({ line, message }) => [String(line), message])
	const text = [t('import.suppressions.done', { added, known, refused: refusedCount })]
	if (problems.length > 0) text.push(table(['line', 'reason'], problems))
	return { json, text: text.join('\n\n') }
}

async function requireFile(file: string): Promise<void> {
	const found = await stat(file).catch(() => undefined)
	if (!found?.isFile()) throw new AppError('not_found', 'errors.feed.no_file', { params: { file } })
}
