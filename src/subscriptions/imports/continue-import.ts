import type { Installation } from '../../installation/index.ts'
import { AppError } from '../../kernel/app-error.ts'
import type { Log } from '../../kernel/log.ts'
import { addReaders } from './add-readers.ts'
import { enqueueImport } from './enqueue-import.ts'
import type { ImportDeps } from './import.ts'
import { stageRows } from './stage-rows.ts'
import { findImport, selectDueImports, updateImport } from './store/imports.ts'
import { takeBack } from './take-back.ts'

export type ContinueImportDeps = ImportDeps & {
	log: Log
	installation: Pick<Installation, 'findHold'>
	/** Tells that the process is about to stop: what is left is taken up by others. */
	stopping: AbortSignal
}

/** So often in a row an import may break off before it is given up. */
const mostFailures = 10

/**
 * Goes on with an import where it was: checks its file, adds its readers or takes them back, batch by batch, each with how far
 * it is in one transaction. So it outlives whoever asked for it, and a crash at any row. An import that has nothing to do
 * is left alone: the job was only a hint. Rejects where it broke off; it is given up after several times, or at once for a file
 * that can't be read.
 */
export async function continueImport(
	deps: ContinueImportDeps,
	{ importId }: { importId: number },
): Promise<void> {
	const { db, clock, log } = deps
	const found = await findImport(db, importId)
	if (!found) return
	try {
		switch (found.state) {
			case 'checking':
				return await stageRows(deps, importId)
			case 'running':
				return await addReaders(deps, importId)
			case 'undoing':
				return await takeBack(deps, importId)
			default:
				return
		}
	} catch (error) {
		const failures = found.failures + 1
		const isHopeless = error instanceof AppError && error.code === 'invalid'
		if (!isHopeless && failures < mostFailures) {
			await updateImport(db, importId, { failures })
			throw error
		}
		log.error({ importId, err: error }, 'an import was given up')
		const problem = isHopeless ? (error.fields[0]?.message ?? error.message) : 'errors.import.broke_off'
		await updateImport(db, importId, { state: 'failed', failures, problem, finishedAt: clock.now() })
	}
}

/** Puts back into the queue what it has lost, and what is due now. */
export async function reconcileImports({
	db,
	clock,
	jobs,
}: Pick<ImportDeps, 'db' | 'clock' | 'jobs'>): Promise<void> {
	for (const due of await selectDueImports(db, clock.now())) await enqueueImport({ jobs }, due)
}
