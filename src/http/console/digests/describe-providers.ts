import {
	listPauses,
	type ProviderFigures,
	providerOf,
	providersOfDigest,
	type SendingPause,
} from '../../../deliveries/index.ts'
import type { Database } from '../../../kernel/database.ts'
import { type Bar, drawBar } from './draw-bar.ts'

export type ProviderRow = ProviderFigures & {
	bar: Bar
	/** Until when it is left alone, as it asked for a slower pace. */
	pausedUntil: Date | null
}

/** Parts of a bar that is some 90 px wide. */
const leastWidth = 40

/** What became of a digest at each mail provider. `pauses`: what is left alone just now. */
export async function describeProviders(
	deps: { db: Database },
	digestId: number,
	pauses: ReadonlyArray<Pick<SendingPause, 'scope' | 'name' | 'until'>>,
): Promise<ProviderRow[]> {
	const untilOf = new Map<string, Date>()
	for (const { scope, name, until } of pauses) {
		if (scope !== 'domain') continue
		const provider = providerOf(name)
		const known = untilOf.get(provider)
		if (!known || known < until) untilOf.set(provider, until)
	}
	return (await providersOfDigest(deps, digestId)).map((figures) => ({
		...figures,
		bar: drawBar(figures, leastWidth),
		pausedUntil: untilOf.get(figures.name) ?? null,
	}))
}

/** How far a provider is, for the script of the page, in the order of its rows. */
export type ProviderEvent = Pick<ProviderFigures, 'planned' | 'accepted' | 'inDoubt' | 'due'> & {
	refused: number
	paused: boolean
}

export async function providerEvents(deps: { db: Database }, digestId: number): Promise<ProviderEvent[]> {
	const rows = await describeProviders(deps, digestId, await listPauses(deps))
	return rows.map(({ planned, accepted, inDoubt, due, refused, bounced, complained, pausedUntil }) => ({
		...{ planned, accepted, inDoubt, due },
		refused: refused + bounced + complained,
		paused: pausedUntil !== null,
	}))
}
