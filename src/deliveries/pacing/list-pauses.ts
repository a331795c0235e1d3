import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import { type PausedPart, selectPauses } from './store.ts'

/** What sending leaves alone at the moment, and why: a relay that fails, a recipient domain that finds us too fast. */
export type SendingPause = PausedPart & { reason: string; until: Date }

export function listPauses({ db }: { db: DatabaseOrTransaction }): Promise<SendingPause[]> {
	return selectPauses(db)
}
