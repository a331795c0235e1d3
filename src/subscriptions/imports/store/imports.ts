import { sql } from 'kysely'
import { type CamelRow, fromRow, toRow } from '../../../kernel/camel-row.ts'
import type { DatabaseOrTransaction } from '../../../kernel/database.ts'
import type { ImportState } from '../../../kernel/enumerations.ts'
import type {
	EvidenceFile,
	ImportBasis,
	OutcomeCounts,
	UndoneCounts,
} from '../../../kernel/tables/imports.ts'
import type { FileShape } from '../reading/index.ts'

/** An import as it is kept. */
export type ImportRecord = {
	id: number
	newsletterId: number
	/** The newsletter's slug. */
	newsletter: string
	/** As the audit log names them. */
	broughtBy: string
	fileName: string
	fileBytes: number
	shape: FileShape
	/** Of the file, once that is gone; null where it had none, or no row that can't be used. */
	headings: string[] | null
	basis: ImportBasis | null
	evidenceFile: EvidenceFile | null
	overwrite: Array<'names' | 'choices'>
	state: ImportState
	staged: number
	bytesRead: number
	position: number
	outcomes: OutcomeCounts | null
	undone: UndoneCounts | null
	failures: number
	problem: string | null
	nextAt: Date | null
	createdAt: Date
	checkedAt: Date | null
	startedAt: Date | null
	finishedAt: Date | null
	undoneAt: Date | null
}

export async function insertImport(
	tx: DatabaseOrTransaction,
	row: Pick<ImportRecord, 'newsletterId' | 'broughtBy' | 'fileName' | 'createdAt'>,
): Promise<number> {
	const { id } = await tx
		.insertInto('imports')
		.values({
			newsletter_id: row.newsletterId,
			brought_by: row.broughtBy,
			file_name: row.fileName,
			created_at: row.createdAt,
			file_bytes: 0,
			shape: '{}',
			headings: null,
			basis: null,
			evidence_file: null,
			outcomes: null,
			undone: null,
			problem: null,
			next_at: null,
			checked_at: null,
			started_at: null,
			finished_at: null,
			undone_at: null,
		})
		.returning('id')
		.executeTakeFirstOrThrow()
	return id
}

function selectImports(db: DatabaseOrTransaction) {
	return db
		.selectFrom('imports')
		.innerJoin('newsletters', 'newsletters.id', 'imports.newsletter_id')
		.selectAll('imports')
		.select('slug as newsletter')
}

export async function findImport(db: DatabaseOrTransaction, id: number): Promise<ImportRecord | undefined> {
	const row = await selectImports(db).where('imports.id', '=', id).executeTakeFirst()
	return row && (fromRow(row) as ImportRecord)
}

/** As `findImport`, held until the transaction ends: whoever changes an import, or goes on with it, holds it first. */
export async function lockImport(tx: DatabaseOrTransaction, id: number): Promise<ImportRecord | undefined> {
	const row = await selectImports(tx).where('imports.id', '=', id).forUpdate('imports').executeTakeFirst()
	return row && (fromRow(row) as ImportRecord)
}

/** As `findImport`; nobody changes it until the transaction ends, but for others who do the same. */
export async function shareImport(tx: DatabaseOrTransaction, id: number): Promise<ImportRecord | undefined> {
	const row = await selectImports(tx).where('imports.id', '=', id).forShare('imports').executeTakeFirst()
	return row && (fromRow(row) as ImportRecord)
}

/** Of a newsletter, the newest first: those before the one of id `after`. */
export async function selectImportsOf(
	db: DatabaseOrTransaction,
	newsletterId: number,
	{ after, limit }: { after?: number | undefined; limit: number },
): Promise<ImportRecord[]> {
	let query = selectImports(db)
		.where('newsletter_id', '=', newsletterId)
		.orderBy('imports.id', 'desc')
		.limit(limit)
	if (after !== undefined) query = query.where('imports.id', '<', after)
	return (await query.execute()).map((row) => fromRow(row) as ImportRecord)
}

export type ImportChange = Partial<Omit<ImportRecord, 'id' | 'newsletterId' | 'newsletter' | 'broughtBy'>>

export async function updateImport(
	tx: DatabaseOrTransaction,
	id: number,
	{ shape, basis, outcomes, undone, evidenceFile, ...change }: ImportChange,
): Promise<void> {
	const json = (value: object | null | undefined) => (value ? JSON.stringify(value) : value)
	const documents = Object.entries({ shape, basis, outcomes, undone, evidence_file: evidenceFile }).flatMap(
		([name, value]) => (value === undefined ? [] : [[name, json(value)]]),
	)
	const columns = { ...toRow(change as CamelRow<object>), ...Object.fromEntries(documents) }
	await tx.updateTable('imports').set(columns).where('id', '=', id).execute()
}

/** Those that have something to do now. */
export async function selectDueImports(
	db: DatabaseOrTransaction,
	now: Date,
): Promise<Array<Pick<ImportRecord, 'id' | 'state'>>> {
	return db
		.selectFrom('imports')
		.select(['id', 'state'])
		.where('state', 'in', ['checking', 'running', 'undoing'])
		.where(({ or, eb }) => or([eb('next_at', 'is', null), eb('next_at', '<=', now)]))
		.orderBy('id')
		.execute()
}

/** Those that were finished since a time, for who brought them is told. */
export async function selectFinishedImports(
	db: DatabaseOrTransaction,
	since: Date,
): Promise<Array<Pick<ImportRecord, 'id' | 'newsletterId' | 'broughtBy'> & { finishedAt: Date }>> {
	const { rows } = await sql<{ id: number; newsletterId: number; broughtBy: string; finishedAt: Date }>`
		select id, newsletter_id as "newsletterId", brought_by as "broughtBy", finished_at as "finishedAt" from imports
		where finished_at >= ${since} and state in ('done', 'failed') order by id`.execute(db)
	return rows
}

export async function deleteImport(tx: DatabaseOrTransaction, id: number): Promise<void> {
	await tx.deleteFrom('imports').where('id', '=', id).execute()
}
