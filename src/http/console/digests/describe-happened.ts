import { listAudit } from '../../../audit/index.ts'
import type { Database } from '../../../kernel/database.ts'
import { nameActor, readNames } from '../audit/describe-audit.ts'

/** What was done to a digest: begun, paused … `name`: of the member or key who did it; empty where no person did. */
export type Happened = { at: Date; action: string; name: string }

const told = new Set(['send', 'pause', 'resume', 'cancel', 'resend'])
const most = 30

/** What people and programs did to a digest, the first first; of very much, the latest. */
export async function describeHappened(deps: { db: Database }, digestId: number): Promise<Happened[]> {
	const acts = await listAudit(deps, { of: `digest:${digestId}`, limit: most })
	const names = await readNames(deps)
	return acts
		.filter(({ action }) => told.has(action))
		.map(({ at, action, actor }) => ({ at, action, name: nameActor(actor, names).name }))
		.reverse()
}
