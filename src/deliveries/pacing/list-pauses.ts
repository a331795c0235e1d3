import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import { type PausedPart, pauseScopes, selectPauses } from './store.ts'

/**
 * What is paused and why: a relay that fails, a domain that finds us too fast; also a relay that is spoken to one
 * command at a time.
 */
export type SendingPause = PausedPart & {
	reason: string
	until: Date
	held: boolean
}

export function listPauses({ db }: { db: DatabaseOrTransaction }): Promise<SendingPause[]> {
	return selectPauses(db)
}

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
