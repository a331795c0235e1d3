import { sql, type Transaction } from 'kysely'
import { AppError } from '../../kernel/app-error.ts'
import type { Tables } from '../../kernel/tables.ts'
import { readMigrations } from '../migrate-database.ts'
import type { OpenDatabase } from '../open-database.ts'
import type { BackupHeader } from './backup-lines.ts'
import { clearDatabase, isEmpty } from './clear-database.ts'
import { type BackupPart, damaged, readBackup } from './read-backup.ts'
import { type Partition, readForeignKeys, readTables, type TableShape } from './read-catalog.ts'

type Tx = Transaction<Tables>

export type RestoreOptions = {
	/** Whether what the database holds may be thrown away. */
	replace: boolean
	/** Looks at the header before anything is changed; throws where it is not to be restored. */
	judge(header: BackupHeader): void
	/** What belongs to the restoring itself, in the same transaction. */
	settle(tx: Tx, header: BackupHeader): Promise<void>
}

export type Restored = { header: BackupHeader; rows: number }

/**
 * Fills a database from a backup in one transaction: the tables as they were at the backup's version, its rows, then what newer
 * versions changed. Throws an AppError and leaves everything as it was where the backup can't be used, or the database is not
 * empty and not to be replaced.
 */
export async function restoreBackup(
	database: OpenDatabase,
	text: AsyncIterable<string>,
	options: RestoreOptions,
): Promise<Restored> {
	const parts = readBackup(text)
	const first = await parts.next()
	if (first.done || !('header' in first.value)) throw damaged()
	const { header } = first.value
	const migrations = await readMigrations()
	if (header.migrations.some((name) => !migrations.has(name))) {
		throw new AppError('invalid', 'errors.backup.newer')
	}
	options.judge(header)
	const rows = await database.db.transaction().execute(async (tx) => {
		await sql`set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0;
			set local timezone = 'UTC'`.execute(tx)
		if (!options.replace && !(await isEmpty(tx))) throw new AppError('conflict', 'errors.backup.not_empty')
		await clearDatabase(tx, migrations.values())
		for (const name of header.migrations) await runMigration(tx, name, migrations)
		for (const partition of header.partitions) await makePartition(tx, partition)
		const loaded = await loadTables(tx, parts)
		await setSequences(tx, header.sequences)
		const since = [...migrations.keys()].sort().filter((name) => !header.migrations.includes(name))
		for (const name of since) await runMigration(tx, name, migrations)
		await options.settle(tx, header)
		return loaded
	})
	await sql`analyze`.execute(database.db)
	return { header, rows }
}

async function makePartition(tx: Tx, { name, of, bound }: Partition): Promise<void> {
	await sql`create table ${sql.table(name)} partition of ${sql.table(of)} ${sql.raw(bound)}`.execute(tx)
}

async function runMigration(tx: Tx, name: string, migrations: ReadonlyMap<string, string>): Promise<void> {
	await sql.raw(migrations.get(name) ?? '').execute(tx)
	const timestamp = new Date().toISOString()
	await sql`insert into kysely_migration (name, timestamp) values (${name}, ${timestamp})`.execute(tx)
}

/** Rows come in any order: keys between tables are made anew, and so checked, once all are there; no trigger counts twice. */
async function loadTables(tx: Tx, parts: AsyncIterable<BackupPart>): Promise<number> {
	const keys = await readForeignKeys(tx)
	for (const { table, name } of keys) {
		await sql`alter table ${sql.table(table)} drop constraint ${sql.ref(name)}`.execute(tx)
	}
	const tables = new Map((await readTables(tx)).map((table) => [table.name, table]))
	// what a migration itself puts in is in the backup too
	for (const name of tables.keys()) {
		await sql`alter table ${sql.table(name)} disable trigger user`.execute(tx)
		await sql`delete from ${sql.table(name)}`.execute(tx)
	}
	const rows = await loadRows(tx, parts, tables)
	for (const name of tables.keys()) {
		await sql`alter table ${sql.table(name)} enable trigger user`.execute(tx)
	}
	for (const { table, name, definition } of keys) {
		await sql`alter table ${sql.table(table)} add constraint ${sql.ref(name)} ${sql.raw(definition)}`.execute(
			tx,
		)
	}
	return rows
}

const batchBytes = 1_000_000
const batchRows = 2_000

async function loadRows(
	tx: Tx,
	parts: AsyncIterable<BackupPart>,
	tables: ReadonlyMap<string, TableShape>,
): Promise<number> {
	let table: TableShape | undefined
	let waiting: string[] = []
	let bytes = 0
	let all = 0
	const flush = async () => {
		if (table && waiting.length > 0) await insertRows(tx, table, waiting)
		waiting = []
		bytes = 0
	}
	for await (const part of parts) {
		if ('row' in part) {
			waiting.push(part.row)
			bytes += part.row.length
			if (bytes >= batchBytes || waiting.length >= batchRows) await flush()
		} else if ('begin' in part) {
			table = tables.get(part.begin)
			if (!table || table.columns.join() !== part.columns.join()) throw damaged()
		} else if ('end' in part) await flush()
		else if ('done' in part) all = part.rows
	}
	return all
}

async function insertRows(tx: Tx, { name, columns }: TableShape, rows: readonly string[]): Promise<void> {
	const names = sql.join(columns.map((column) => sql.ref(column)))
	try {
		await sql`insert into ${sql.table(name)} (${names}) overriding system value
			select ${names} from jsonb_populate_recordset(null::${sql.table(name)}, ${`[${rows.join()}]`}::jsonb)`.execute(
			tx,
		)
	} catch (error) {
		const { code = '' } = error as { code?: string }
		// classes 22 and 23: values that are none, rows that break a rule
		throw /^2[23]/.test(code) ? damaged(error) : error
	}
}

async function setSequences(tx: Tx, sequences: BackupHeader['sequences']): Promise<void> {
	for (const [name, next] of Object.entries(sequences)) {
		await sql`select setval(format('%I.%I', current_schema(), ${name}::text)::regclass, ${next}::bigint, false)`.execute(
			tx,
		)
	}
}
