import { runStart } from '../src/digests/index.ts'
import type { Processors } from '../src/jobs/catalog.ts'

/** Makes a draft whose time has come into a digest. */
export function startDraftProcessor(deps: Parameters<typeof runStart>[0]): Processors['start-draft'] {
	return ({ draftId }) => runStart(deps, draftId)
}
