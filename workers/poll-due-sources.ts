import type { JobCatalog, Processors } from '../src/jobs/catalog.ts'
import type { Jobs } from '../src/kernel/jobs.ts'
import { findDueSources } from '../src/stories/index.ts'

type Deps = Parameters<typeof findDueSources>[0] & { jobs: Pick<Jobs<JobCatalog>, 'enqueue'> }

/** Has every source polled that is due; one that waits for its poll already is not asked for twice. */
export function pollDueSourcesProcessor(deps: Deps): Processors['poll-due-sources'] {
	return async () => {
		for (const sourceId of await findDueSources(deps)) {
			await deps.jobs.enqueue('poll-source', { sourceId }, { dedupe: `source-${sourceId}` })
		}
	}
}
