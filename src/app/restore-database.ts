import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Config } from '../config.ts'
import { readBackupFile } from '../db/backup/backup-file.ts'
import type { BackupKey } from '../db/backup/backup-key.ts'
import { keyCheckOf } from '../db/backup/key-check.ts'
import { type Restored, restoreBackup } from '../db/backup/restore-backup.ts'
import { claimDataFolder } from '../db/claim-data-folder.ts'
import { type OpenDatabase, openDatabase } from '../db/open-database.ts'
import { openMigrated } from '../db/open-migrated.ts'
import { pauseAfterRestore } from '../digests/index.ts'
import { holdRestored } from '../installation/index.ts'
import { AppError } from '../kernel/app-error.ts'
import { systemClock } from '../kernel/clock.ts'
import { deriveKeys } from '../kernel/keys.ts'
import type { Log } from '../kernel/log.ts'
import { explainFolderTrouble, readSecret } from './data-folder.ts'

type Wanted = {
	file: string
	key: BackupKey | undefined
	/** Throw away what the database holds. */
	replace: boolean
	/** Take a backup that was made under another secret key. */
	otherSecret: boolean
}

/**
 * Fills the database that the settings name from a backup's file, while no process of Envoi works with it. Sending is held in it
 * afterwards, and digests that were under way are paused. Throws an AppError, and has changed nothing, where that can't be.
 */
export async function restoreDatabase(config: Config, log: Log, wanted: Wanted): Promise<Restored> {
	const embedded = config.databaseUrl === undefined
	const folder = embedded ? await claimDataFolder(config.dataDir) : undefined
	try {
		const at = config.databaseUrl ? { url: config.databaseUrl } : { folder: join(config.dataDir, 'database') }
		if (config.databaseUrl) await refuseInUse({ url: config.databaseUrl })
		const database = await openMigrated(at, log)
		try {
			const keyCheck = keyCheckOf(deriveKeys(await readSecret(config, embedded)))
			return await restoreBackup(database, readBackupFile(wanted.file, wanted.key), {
				replace: wanted.replace,
				judge: (header) => {
					if (wanted.otherSecret || header.keyCheck === keyCheck) return
					throw new AppError('conflict', 'errors.backup.other_secret')
				},
				settle: async (tx, { madeAt }) => {
					const deps = { db: tx, clock: systemClock }
					await holdRestored(deps, { madeAt })
					await pauseAfterRestore(deps)
				},
			})
		} finally {
			await database.close()
		}
	} catch (error) {
		throw explainFolderTrouble(error, config)
	} finally {
		await folder?.release()
	}
}

/** A process that is sending while its database is exchanged would go on with what it has claimed. */
async function refuseInUse(at: { url: string }): Promise<void> {
	const database = await openDatabase(at, () => {})
	try {
		// one that has just ended may still be listed
		for (let looks = 0; await isInUse(database); looks += 1) {
			if (looks === 5) throw new AppError('conflict', 'errors.backup.in_use')
			await wait(400)
		}
	} finally {
		await database.close()
	}
}

/** Asked one after another, so that this process has one connection. */
async function isInUse({ db }: OpenDatabase): Promise<boolean> {
	const { rows } = await sql<{ inUse: boolean }>`select exists (select from pg_stat_activity
		where datname = current_database() and application_name = 'envoi'
			and pid <> pg_backend_pid()) as "inUse"`.execute(db)
	return rows[0]?.inUse ?? false
}
