import type { AuditAction } from '../../audit/index.ts'
import { recordAudit } from '../../audit/index.ts'
import type { Actor } from '../../kernel/actor.ts'
import { AppError, invalidField } from '../../kernel/app-error.ts'
import type { ImportState } from '../../kernel/enumerations.ts'
import { mostRowsAhead } from './add-readers.ts'
import { enqueueImport } from './enqueue-import.ts'
import { getImport, holdImport, type ImportDeps, type ImportRecord, subjectOf } from './import.ts'
import { deleteImport, type ImportChange, updateImport } from './store/imports.ts'
import { countOutcomes, deleteRows } from './store/rows.ts'

/** Has the whole file checked, as a job: nothing is added. Throws `not_found` and `conflict`. */
export function beginCheck(deps: ImportDeps, id: number, actor: Actor): Promise<ImportRecord> {
	return begin(
		deps,
		{ id, states: ['looked', 'checked', 'failed'], action: 'check' },
		actor,
		async (tx, before) => {
			if (before.startedAt) throw new AppError('conflict', 'errors.import.state.failed')
			if (!before.shape.columns.includes('address')) {
				throw invalidField('columns', 'errors.import.no_address')
			}
			await deleteRows(tx, id)
			return { state: 'checking', staged: 0, bytesRead: 0, outcomes: null, checkedAt: null }
		},
	)
}

/**
 * Has the readers of a checked file added, as a job. Throws `not_found`, `conflict`, and `invalid` where no basis of consent was
 * declared.
 */
export function beginRun(deps: ImportDeps, id: number, actor: Actor): Promise<ImportRecord> {
	return begin(deps, { id, states: ['checked'], action: 'import' }, actor, async (_tx, before) => {
		if (!before.basis) throw invalidField('basis', 'errors.import.basis.missing')
		return { state: 'running', position: 0, startedAt: deps.clock.now(), nextAt: null }
	})
}

/**
 * Has taken back what an import added, as a job: but for readers who have changed something since, confirmed, left or were
 * mailed a digest. One that runs is ended where it is. Throws `not_found`, and `conflict` once its rows are not kept any more.
 */
export function beginUndo(deps: ImportDeps, id: number, actor: Actor): Promise<ImportRecord> {
	const states: ImportState[] = ['running', 'done', 'failed']
	return begin(deps, { id, states, action: 'undo-import' }, actor, async (tx, before) => {
		const rows = await countOutcomes(tx, id)
		if (!before.startedAt || Object.keys(rows).length === 0) {
			throw new AppError('conflict', 'errors.import.cannot_undo')
		}
		// of one that is ended, what it did not come to is left as it is
		const reached = Math.min(before.staged, before.position + mostRowsAhead)
		const staged = before.state === 'done' ? before.staged : reached
		return { state: 'undoing', staged, position: 0, nextAt: null }
	})
}

/** Drops an import that was never begun, with its file. Throws `not_found` and `conflict`. */
export async function dropImport(deps: ImportDeps, id: number, actor: Actor): Promise<void> {
	await deps.db.transaction().execute(async (tx) => {
		const before = await holdImport(tx, { id, states: ['looked', 'checking', 'checked', 'failed'] }, actor)
		if (before.startedAt) throw new AppError('conflict', 'errors.import.state.done')
		await deleteRows(tx, id)
		await deleteImport(tx, id)
		await recordAudit({ ...deps, db: tx }, { actor, action: 'drop', subject: subjectOf(id) })
	})
}

type Beginning = { id: number; states: readonly ImportState[]; action: AuditAction }

async function begin(
	deps: ImportDeps,
	{ id, states, action }: Beginning,
	actor: Actor,
	decide: (tx: Parameters<typeof updateImport>[0], before: ImportRecord) => Promise<ImportChange>,
): Promise<ImportRecord> {
	await deps.db.transaction().execute(async (tx) => {
		const before = await holdImport(tx, { id, states }, actor)
		await updateImport(tx, id, { failures: 0, problem: null, ...(await decide(tx, before)) })
		await recordAudit(
			{ ...deps, db: tx },
			{ actor, action, subject: subjectOf(id), detail: before.newsletter },
		)
	})
	const begun = await getImport(deps, id, actor)
	await enqueueImport(deps, begun)
	return begun
}
