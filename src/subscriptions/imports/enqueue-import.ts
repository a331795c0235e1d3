import type { ImportDeps, ImportRecord } from './import.ts'

/**
 * Has a worker go on with an import. The job of one step does not stand for that of the next: it may be just ending, when somebody
 * who has seen its result asks for more.
 */
export function enqueueImport(
	{ jobs }: Pick<ImportDeps, 'jobs'>,
	{ id: importId, state }: Pick<ImportRecord, 'id' | 'state'>,
): Promise<void> {
	return jobs.enqueue('continue-import', { importId }, { dedupe: `${importId}/${state}` })
}
