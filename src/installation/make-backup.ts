import { recordAudit } from '../audit/index.ts'
import type { Actor } from '../kernel/actor.ts'
import type { MakeBackup } from '../kernel/backup.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'

export type BackupDeps = { db: Database; clock: Clock; makeBackup: MakeBackup }

/** All that is in the database, as text part by part. That it was handed out is written down first. */
export async function makeBackup(deps: BackupDeps, actor: Actor): Promise<AsyncIterable<string>> {
	await recordAudit(deps, { actor, action: 'back-up', subject: 'installation' })
	return deps.makeBackup()
}
