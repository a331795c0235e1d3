import type { Processors } from '../src/jobs/catalog.ts'
import { pollSource } from '../src/stories/index.ts'

/** Reads one source. What the other side does is kept with the source: it never makes the job fail. */
export function pollSourceProcessor(deps: Parameters<typeof pollSource>[0]): Processors['poll-source'] {
	return async (payload) => void (await pollSource(deps, payload))
}
