import { recordAudit } from '../audit/index.ts'
import type { Actor } from '../kernel/actor.ts'
import { keptOfMail } from '../kernel/kept-of-mail.ts'
import { keepReport } from './keep-report.ts'
import { type ReadResult, readStoredReport } from './read-stored-report.ts'
import type { RecordDeps } from './record-events.ts'

/**
 * Takes a report that staff has at hand, reads it at once and does what follows, as with one that came by itself.
 * `known`: it had come before, and nothing was done.
 */
export async function replayReport(
	deps: RecordDeps,
	whole: Buffer,
	actor: Actor,
): Promise<ReadResult | { kind: 'known'; results: [] }> {
	// cut as when it comes by itself, so that it is known however it comes
	const raw = keptOfMail(whole)
	const report = { via: 'replay' as const, raw, receivedAt: deps.clock.now(), kind: null }
	const id = await deps.db.transaction().execute(async (tx) => {
		const inserted = await keepReport(tx, report)
		if (inserted.isNew) {
			await recordAudit({ ...deps, db: tx }, { actor, action: 'replay', subject: `report:${inserted.id}` })
		}
		return inserted.id
	})
	return (await readStoredReport(deps, id)) ?? { kind: 'known', results: [] }
}
