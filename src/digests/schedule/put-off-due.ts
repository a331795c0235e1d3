import { rhythms } from '../../kernel/enumerations.ts'
import { listNewsletters } from '../../newsletters/index.ts'
import type { SendWaitingDeps } from '../drafts/send-waiting.ts'
import { runStart } from '../drafts/start-draft.ts'
import { selectDueDrafts } from '../drafts/store.ts'
import { runSchedule } from './run-schedule.ts'

/**
 * Leaves to staff what would go out by itself the moment that sending is held no longer: a backup does not know whether its
 * time came, and it went out, before the database was restored. Called while sending is still held; what comes up later goes
 * out as ever.
 */
export async function putOffDue(deps: SendWaitingDeps): Promise<void> {
	for (const draftId of await selectDueDrafts(deps.db, deps.clock.now())) await runStart(deps, draftId)
	for (const { id } of await listNewsletters(deps)) {
		for (const kind of rhythms) await runSchedule(deps, id, kind)
	}
}
