import type { Processors } from '../src/jobs/catalog.ts'
import { continueImport } from '../src/subscriptions/index.ts'

/** Goes on with an import where it was. */
export function continueImportProcessor(
	deps: Parameters<typeof continueImport>[0],
): Processors['continue-import'] {
	return (payload) => continueImport(deps, payload)
}
