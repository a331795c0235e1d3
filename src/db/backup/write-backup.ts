import { type ControlledTransaction, sql } from 'kysely'
import type { Tables } from '../../kernel/tables.ts'
import type { OpenDatabase } from '../open-database.ts'
import { backupFormat, createLineHash, formatControl } from './backup-lines.ts'
import {
	readLargestRow,
	readMigrationNames,
	readPartitions,
	readSequences,
	readTables,
	type TableShape,
} from './read-catalog.ts'

type Transaction = ControlledTransaction<Tables>

const pageBytes = 4_000_000
const pageRows = 2_000
// of a value in the database, which may be compressed, against its text
const growth = 6

/**
 * All tables as they are at one moment, part by part: others go on writing meanwhile (on the embedded database they wait, as it
 * has one session). Memory is bounded by the largest row. Ends the transaction however it ends.
 */
export async function* writeBackup(
	{ db, kind }: Pick<OpenDatabase, 'db' | 'kind'>,
	about: { version: string; keyCheck: string; now: Date },
): AsyncGenerator<string> {
	const tx = await db
		.startTransaction()
		.setIsolationLevel('repeatable read')
		.setAccessMode('read only')
		.execute()
	try {
		yield* writeAll(tx, { ...about, kind })
	} finally {
		await tx.rollback().execute()
	}
}

async function* writeAll(
	tx: Transaction,
	about: { version: string; keyCheck: string; now: Date; kind: OpenDatabase['kind'] },
): AsyncGenerator<string> {
	// a server's limits for everyday statements, and its ways of writing values, are not for this one
	await sql`set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0;
		set local timezone = 'UTC'; set local bytea_output = 'hex'; set local extra_float_digits = 1`.execute(tx)
	const controls = createLineHash()
	const control = (line: string) => {
		controls.add(line)
		return line
	}
	const tables = await readTables(tx)
	const { id } = (await tx.selectFrom('installation').select('id').executeTakeFirst()) ?? { id: null }
	yield control(
		formatControl({
			envoi: 'backup',
			format: backupFormat,
			version: about.version,
			madeAt: about.now.toISOString(),
			database: about.kind,
			installation: id,
			keyCheck: about.keyCheck,
			migrations: await readMigrationNames(tx),
			partitions: await readPartitions(tx),
			sequences: await readSequences(tx),
		}),
	)
	let allRows = 0
	for (const table of tables) {
		yield control(formatControl({ begin: table.name, columns: table.columns }))
		const hash = createLineHash()
		let rows = 0
		for await (const page of readPages(tx, table)) {
			const text = `${page.join('\n')}\n`
			hash.add(text)
			rows += page.length
			yield text
		}
		allRows += rows
		yield control(formatControl({ end: table.name, rows, sha256: hash.end() }))
	}
	yield formatControl({ done: true, tables: tables.length, rows: allRows, sha256: controls.end() })
}

/** Rows as JSON, which names the columns and keeps each value to the last digit; never parsed on the way. */
async function* readPages(tx: Transaction, { name }: TableShape): AsyncGenerator<string[]> {
	const largest = await readLargestRow(tx, name)
	if (largest === 0) return
	const count = Math.min(pageRows, Math.max(1, Math.floor(pageBytes / (largest * growth))))
	await sql`declare backup_rows no scroll cursor for
		select to_jsonb(t)::text as row from ${sql.table(name)} t`.execute(tx)
	for (;;) {
		const { rows } = await sql<{ row: string }>`fetch ${sql.lit(count)} from backup_rows`.execute(tx)
		if (rows.length > 0) yield rows.map(({ row }) => row)
		if (rows.length < count) break
	}
	await sql`close backup_rows`.execute(tx)
}
