import { AppError } from '../kernel/app-error.ts'
import type { DatabaseOrTransaction } from '../kernel/database.ts'
import type { Source } from './source.ts'
import { selectBrokenSources, selectSources } from './store/sources.ts'

type Deps = { db: DatabaseOrTransaction }

/** The sources of a newsletter, in the order they were added. */
export function listSources({ db }: Deps, { newsletterId }: { newsletterId: number }): Promise<Source[]> {
	return selectSources(db, { newsletterId })
}

/** A source that has given nothing for long, and is not left alone by staff. */
export type BrokenSource = {
	id: number
	newsletterId: number
	url: string
	failingSince: Date
	isGone: boolean
}

/** Sources that have failed since before a moment, and those that said that they are gone for good. */
export function listBrokenSources({ db }: Deps, { before }: { before: Date }): Promise<BrokenSource[]> {
	return selectBrokenSources(db, before)
}

/** The source with this id; throws `not_found` where there is none. */
export async function getSource({ db }: Deps, { sourceId }: { sourceId: number }): Promise<Source> {
	const [source] = await selectSources(db, { id: sourceId })
	if (!source) throw new AppError('not_found', 'errors.source.not_found')
	return source
}
