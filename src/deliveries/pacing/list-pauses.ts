import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import { type PausedPart, pauseScopes, selectPauses } from './store.ts'

/**
 * What sending leaves alone at the moment, and why: a relay that fails, a recipient domain that finds us too fast. A relay
 * that is spoken to one command at a time stands there too.
 */
export type SendingPause = PausedPart & {
	reason: string
	until: Date
	/** Whether a relay refuses our account: then staff may end it. */
	held: boolean
}

export function listPauses({ db }: { db: DatabaseOrTransaction }): Promise<SendingPause[]> {
	return selectPauses(db)
}

/** How many there are at the moment of each scope. */
export async function countPauses(deps: {
	db: DatabaseOrTransaction
}): Promise<Record<PausedPart['scope'], number>> {
	const pauses = await listPauses(deps)
	const count = (scope: PausedPart['scope']) => pauses.filter((pause) => pause.scope === scope).length
	return Object.fromEntries(pauseScopes.map((scope) => [scope, count(scope)])) as Record<
		PausedPart['scope'],
		number
	>
}
