import type { DatabaseOrTransaction } from '../kernel/database.ts'
import type { SourceState } from '../kernel/enumerations.ts'
import { countSources } from './store/sources.ts'

/** How many sources are in each state, and how many active ones failed at their last poll. */
export type SourceFigures = { byState: Record<SourceState, number>; failing: number }

export async function sourceFigures({ db }: { db: DatabaseOrTransaction }): Promise<SourceFigures> {
	const figures: SourceFigures = { byState: { active: 0, paused: 0, gone: 0 }, failing: 0 }
	for (const { state, count, failing } of await countSources(db)) {
		figures.byState[state] = count
		if (state === 'active') figures.failing = failing
	}
	return figures
}
