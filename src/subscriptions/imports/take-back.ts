import { recordAudit } from '../../audit/index.ts'
import { schedule } from '../../kernel/actor.ts'
import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import { repeatTransaction } from '../../kernel/repeat-transaction.ts'
import { liftByEvidence } from '../../suppressions/index.ts'
import { deleteSubscribersIfUnused } from '../store/subscribers.ts'
import { evidenceOf } from './add-range.ts'
import { createBatchSize } from './batch-size.ts'
import type { ContinueImportDeps } from './continue-import.ts'
import { subjectOf } from './import.ts'
import { endFile } from './rows-to-correct.ts'
import { lockRowAddresses, selectToSuppress } from './store/adding.ts'
import { type ImportRecord, lockImport, updateImport } from './store/imports.ts'
import { restoreOverwritten } from './store/restoring.ts'
import { countUndone, lockTouchedPersons, markLifted, removeUntouched } from './store/undoing.ts'

/** Takes back what an import added or overwrote and nobody has touched since, from where it was. */
export async function takeBack(deps: ContinueImportDeps, importId: number): Promise<void> {
	const size = createBatchSize()
	for (let goesOn = true; goesOn && !deps.stopping.aborted; ) {
		const begun = performance.now()
		goesOn = await repeatTransaction(deps.db, (tx) => takeBatch(deps, tx, importId, size.rows))
		size.tell(performance.now() - begun)
	}
}

async function takeBatch(
	deps: ContinueImportDeps,
	tx: DatabaseOrTransaction,
	importId: number,
	rows: number,
): Promise<boolean> {
	const found = await lockImport(tx, importId)
	if (found?.state !== 'undoing') return false
	if (found.position >= found.staged) {
		await finish(deps, tx, found)
		return false
	}
	const { newsletterId, startedAt, position: from } = found
	const range = { importId, from, to: Math.min(from + rows, found.staged) }
	const taking = { ...range, newsletterId, startedAt: startedAt ?? found.createdAt }
	await lockRowAddresses(tx, range, 0)
	const persons = await lockTouchedPersons(tx, taking)
	await removeUntouched(tx, taking, persons)
	await deleteSubscribersIfUnused(tx, persons)
	if (found.basis) {
		await restoreOverwritten(tx, { ...range, newsletterId, basis: found.basis, now: deps.clock.now() })
	}
	const hashes = (await selectToSuppress(tx, range)).map(({ addressHash }) => addressHash)
	const lifted = await liftByEvidence(tx, { hashes, evidence: evidenceOf(importId), at: deps.clock.now() })
	await markLifted(tx, importId, lifted)
	await updateImport(tx, importId, { position: range.to, failures: 0 })
	return true
}

async function finish(
	deps: ContinueImportDeps,
	tx: DatabaseOrTransaction,
	found: ImportRecord,
): Promise<void> {
	const { id, staged } = found
	const undone = await countUndone(tx, { id, staged, evidence: evidenceOf(id) })
	await endFile(tx, found)
	await updateImport(tx, id, { state: 'undone', undone, undoneAt: deps.clock.now() })
	const detail = `removed ${undone.removed}, kept ${undone.kept}, restored ${undone.restored}, changed since ${undone.changedSince}`
	await recordAudit(
		{ ...deps, db: tx },
		{ actor: schedule, action: 'finish-import', subject: subjectOf(id), detail },
	)
}
