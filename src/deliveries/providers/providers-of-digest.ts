import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import { type ProviderCounts, selectProviders } from './store.ts'

/** What became of a digest at one mail provider; the words are those of `LiveProgress`. */
export type ProviderFigures = {
	/** Empty: all others. */
	name: string
	/** How many domains its readers have. */
	domains: number
	planned: number
	accepted: number
	refused: number
	bounced: number
	complained: number
	inDoubt: number
	due: number
}

/**
 * What became of a digest at each provider of its readers, read from tallies: the largest, and the others together, last.
 * None where it is not planned yet, or was by an older version.
 */
export async function providersOfDigest(
	{ db }: { db: DatabaseOrTransaction },
	digestId: number,
): Promise<ProviderFigures[]> {
	return (await selectProviders(db, digestId)).map(figuresOf)
}

function figuresOf({ name, domains, planned, tallies }: ProviderCounts): ProviderFigures {
	const {
		excluded = 0,
		accepted = 0,
		refused = 0,
		bounced = 0,
		complained = 0,
		in_doubt: inDoubt = 0,
	} = tallies
	const left = planned - excluded
	const due = left - accepted - refused - bounced - complained - inDoubt
	return { name, domains, planned: left, accepted, refused, bounced, complained, inDoubt, due }
}
