import { sql } from 'kysely'
import { expect, inject, test } from 'vitest'
import { openDatabase } from '../../src/db/open-database.ts'

test.runIf(inject('parts') === 'servers')(
	'A connection that is lost in the middle of a transaction ends the transaction, not the process',
	async () => {
		const { db, close } = await openDatabase({ url: inject('postgresUrl') }, () => {})
		const broken = db.transaction().execute(async (tx) => {
			const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx)
			await sql`select pg_terminate_backend(${rows[0]?.pid})`.execute(db)
			await untilGone(rows[0]?.pid)
			await sql`select 1`.execute(tx)
		})
		const untilGone = async (pid: number | undefined): Promise<void> => {
			const { rows } = await sql`select from pg_stat_activity where pid = ${pid}`.execute(db)
			if (rows.length > 0) await untilGone(pid)
		}

		await expect(broken).rejects.toThrow()
		expect((await sql`select 1 as one`.execute(db)).rows).toEqual([{ one: 1 }])
		await close()
	},
)
