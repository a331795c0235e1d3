import { tmpdir } from 'node:os'
import type { Config } from '../config.ts'
import { keyCheckOf } from '../db/backup/key-check.ts'
import { spoolBackup } from '../db/backup/spool-backup.ts'
import { writeBackup } from '../db/backup/write-backup.ts'
import type { MakeBackup } from '../kernel/backup.ts'
import type { Data } from './open-data.ts'

/** What makes backups of the open database. */
export function openBackup(
	{ dataDir }: Config,
	{ database, clock, keys }: Pick<Data, 'database' | 'clock' | 'keys'>,
	{ version, hasFolder }: { version: string; hasFolder: boolean },
): MakeBackup {
	return () => {
		const text = writeBackup(database, { version, keyCheck: keyCheckOf(keys), now: clock.now() })
		return database.kind === 'pglite' ? spoolBackup(text, hasFolder ? dataDir : tmpdir()) : text
	}
}
