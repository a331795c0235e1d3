import { type RecordDeps, recordRefusals } from '../src/bounces/index.ts'
import type { Processors } from '../src/jobs/catalog.ts'

/** Records what the relay has refused of a digest. */
export function recordRefusalsProcessor(deps: RecordDeps): Processors['record-refusals'] {
	return async ({ digestId }) => void (await recordRefusals(deps, digestId))
}
