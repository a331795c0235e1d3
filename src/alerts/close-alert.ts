import { recordAudit } from '../audit/index.ts'
import type { Actor } from '../kernel/actor.ts'
import { AppError } from '../kernel/app-error.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import { closeAlertRow } from './store.ts'

/** Closes an alert that staff has seen; one that is closed already stays so. Throws `not_found`. */
export async function closeAlert(
	{ db, clock }: { db: Database; clock: Clock },
	id: number,
	actor: Actor,
): Promise<void> {
	await db.transaction().execute(async (tx) => {
		const found = await closeAlertRow(tx, id, clock.now())
		if (!found) throw new AppError('not_found', 'errors.bounce.alert_not_found', { params: { id } })
		await recordAudit({ db: tx, clock }, { actor, action: 'close', subject: `bounce-alert:${id}` })
	})
}
