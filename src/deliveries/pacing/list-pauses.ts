import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import { type PausedPart, selectPauses } from './store.ts'

/** What sending leaves alone at the moment, and why: a relay that fails, a recipient domain that finds us too fast. */
export type SendingPause = PausedPart & {
	reason: string
	until: Date
	/** Whether a relay refuses our account: then staff may end it. */
	held: boolean
}

export function listPauses({ db }: { db: DatabaseOrTransaction }): Promise<SendingPause[]> {
	return selectPauses(db)
}
