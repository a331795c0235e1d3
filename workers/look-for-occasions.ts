import type { Processors } from '../src/jobs/catalog.ts'
import { lookForOccasions } from '../src/staff/index.ts'

/** Finds what staff is to be told of. */
export function lookForOccasionsProcessor(
	deps: Parameters<typeof lookForOccasions>[0],
): Processors['look-for-occasions'] {
	return () => lookForOccasions(deps)
}
