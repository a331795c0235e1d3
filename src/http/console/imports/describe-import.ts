import { findNext } from '../../../digests/index.ts'
import type { Clock } from '../../../kernel/clock.ts'
import type { ConsentBasis, ImportOutcome } from '../../../kernel/enumerations.ts'
import type { Messages } from '../../../kernel/messages.ts'
import { type Newsletter, zoneOf } from '../../../newsletters/index.ts'
import {
	type ColumnMeaning,
	columnMeanings,
	type FileLook,
	fileEncodings,
	fileSeparators,
	type ImportDeps,
	type ImportRecord,
	isCorrectable,
	listImportRows,
	lookAtImport,
	usualMonths,
	usualPerDay,
} from '../../../subscriptions/index.ts'
import { toRowAnswer } from '../../api/imports/import-answers.ts'
import type { ErrorBody } from '../../server/answer-error.ts'
import { idCursor, toPage } from '../../server/paging.ts'
import type { RequestContext } from '../../server/route.ts'
import { type Speech, speakTimes } from '../speak-times.ts'
import { describeFirstRows, type FirstRow } from './describe-first-rows.ts'
import type { TypedImport } from './import-input.ts'

export type ImportViewDeps = ImportDeps & { messages: Messages; clock: Clock }

type ImportRowAnswer = ReturnType<typeof toRowAnswer>

/** How many rows came to what, in the order of a ledger; what is none is left out but for the first two. */
export type ImportSums = Array<{ outcome: ImportOutcome; count: number }>

const ledger: readonly ImportOutcome[] = [
	'new',
	'known',
	'changed',
	'left',
	'arrives_left',
	'unusable',
	'suppressed',
	'arrives_suppressed',
	'duplicate',
	'erased',
	'removed',
]

export function sumsOf({ outcomes }: ImportRecord): ImportSums {
	return ledger
		.map((outcome) => ({ outcome, count: outcomes?.[outcome] ?? 0 }))
		.filter(({ outcome, count }) => count > 0 || outcome === 'new' || outcome === 'known')
}

/** What the page of a file shows that has not been imported: its columns, what would happen, and what allows it. */
export type ImportColumns = {
	say: Speech
	found: ImportRecord
	look: FileLook
	/** Of each column: its heading, what stands in it, what it is taken for. */
	columns: Array<{ heading: string; examples: string[]; meaning: ColumnMeaning }>
	meanings: readonly ColumnMeaning[]
	encodings: readonly string[]
	separators: readonly string[]
	first: FirstRow[]
	/** Days of the file as they are read, wherever the newsletter is. */
	dayOf: Speech['shortDate']
	sums: ImportSums
	/** When the schedule sends next; undefined where it does not. */
	firstDigest: Date | undefined
	typed: TypedImport
	error: ErrorBody | undefined
}

const examplesShown = 3

export async function describeColumns(
	deps: ImportViewDeps,
	request: RequestContext,
	{ newsletter, found }: { newsletter: Newsletter; found: ImportRecord },
	{ typed, error }: { typed?: TypedImport; error?: ErrorBody } = {},
): Promise<ImportColumns> {
	const look = await lookAtImport(deps, found.id, request.actor)
	return {
		say: speakTimes(deps.messages, request.locale, zoneOf(newsletter)),
		found,
		look,
		columns: look.shape.columns.map((meaning, index) => ({
			heading: look.headings[index] ?? '',
			examples: [...new Set(look.rows.flatMap(({ cells }) => cells[index]?.slice(0, 60) || []))].slice(
				0,
				examplesShown,
			),
			meaning,
		})),
		meanings: columnMeanings,
		encodings: fileEncodings.filter((each) => look.encodings.includes(each) || each === look.shape.encoding),
		separators: fileSeparators,
		first: await describeFirstRows(deps, request, { newsletter, found, look }),
		dayOf: speakTimes(deps.messages, request.locale, 'UTC').shortDate,
		sums: found.state === 'checked' ? sumsOf(found) : [],
		firstDigest: await findFirstDigest(deps, newsletter),
		typed: typed ?? typedOf(found),
		error,
	}
}

/** When they who are added now are sent their first digest. */
async function findFirstDigest(
	{ db, clock }: ImportViewDeps,
	newsletter: Newsletter,
): Promise<Date | undefined> {
	const next = await findNext(db, newsletter, { now: clock.now() })
	return next && !next.skipped ? (next.goesAt ?? undefined) : undefined
}

function typedOf({ basis, overwrite }: ImportRecord): TypedImport {
	return {
		basis: basis?.kind ?? ('' as ConsentBasis | ''),
		day: basis?.day ?? '',
		words: basis?.words ?? '',
		evidence: basis?.evidence ?? '',
		months: String(basis?.months ?? usualMonths),
		perDay: String(basis?.perDay ?? usualPerDay),
		names: overwrite.includes('names'),
		choices: overwrite.includes('choices'),
	}
}

/** Which rows of an import that is over are shown. */
export const rowFilters = ['out', 'added', 'known', 'all'] as const
export type RowFilter = (typeof rowFilters)[number]

const outcomesOf: Readonly<Record<RowFilter, readonly ImportOutcome[] | undefined>> = {
	out: ['left', 'unusable', 'suppressed', 'duplicate', 'erased'],
	added: ['new', 'arrives_left', 'arrives_suppressed', 'removed'],
	known: ['known', 'changed'],
	all: undefined,
}

/** What the page of an import shows that is over. */
export type ImportResult = {
	say: Speech
	found: ImportRecord
	sums: ImportSums
	filters: Array<{ name: RowFilter; count: number }>
	shown: RowFilter
	rows: Array<ImportRowAnswer & { isCorrectable: boolean }>
	next: string | null
	mayUndo: boolean
	/** The number of the row whose address somebody just tried to correct, with what was typed. */
	correcting: { number: number; address: string } | null
	corrected: boolean
	error: ErrorBody | undefined
}

const rowsShown = 50

export async function describeResult(
	deps: ImportViewDeps,
	request: RequestContext,
	{ newsletter, found }: { newsletter: Newsletter; found: ImportRecord },
	wish: { shown: RowFilter; after: number | undefined; corrected: boolean } & Pick<
		ImportResult,
		'correcting' | 'error'
	>,
): Promise<ImportResult> {
	const { shown, after, ...rest } = wish
	const page = { outcomes: outcomesOf[shown], after, limit: rowsShown + 1 }
	const rows = await listImportRows(deps, found.id, page, request.actor)
	const { items, next } = toPage(rows, rowsShown, (last) => idCursor.write(last.number))
	const count = (name: RowFilter) =>
		(outcomesOf[name] ?? ledger).reduce((sum, outcome) => sum + (found.outcomes?.[outcome] ?? 0), 0)
	const telling = { messages: deps.messages, locale: request.locale }
	return {
		say: speakTimes(deps.messages, request.locale, zoneOf(newsletter)),
		found,
		sums: sumsOf(found),
		filters: rowFilters.map((name) => ({ name, count: count(name) })),
		shown,
		rows: items.map((row) => ({ ...toRowAnswer(row, telling), isCorrectable: isCorrectable(row) })),
		next,
		mayUndo:
			(found.state === 'done' || found.state === 'failed') && found.startedAt !== null && rows.length > 0,
		...rest,
	}
}
