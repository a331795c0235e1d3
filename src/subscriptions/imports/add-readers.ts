import { recordAudit } from '../../audit/index.ts'
import { schedule } from '../../kernel/actor.ts'
import { commitLater } from '../../kernel/commit-later.ts'
import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import { repeatTransaction } from '../../kernel/repeat-transaction.ts'
import { addRange } from './add-range.ts'
import { askReaders } from './ask-readers.ts'
import { createBatchSize, mostRowsAtOnce } from './batch-size.ts'
import type { ContinueImportDeps } from './continue-import.ts'
import { subjectOf } from './import.ts'
import { endFile } from './rows-to-correct.ts'
import type { RowRange } from './store/adding.ts'
import { findImport, type ImportRecord, lockImport, shareImport, updateImport } from './store/imports.ts'
import { countOutcomes } from './store/rows.ts'

/** So many ranges of rows are added at the same time, each by a connection of its own. */
const lanes = 2
/** So many ranges a lane are gone through before the import's position follows. */
const rangesALane = 4
/** How many rows may have been added beyond the position of an import. */
export const mostRowsAhead = rangesALane * mostRowsAtOnce

/**
 * Adds the staged rows of an import from where it was. Ranges of rows are added at the same time, and the import's position
 * follows once all of them are; after a crash some are gone through again, which finds them added and changes nothing.
 */
export async function addReaders(deps: ContinueImportDeps, importId: number): Promise<void> {
	const size = createBatchSize(lanes)
	while (!deps.stopping.aborted) {
		const found = await findImport(deps.db, importId)
		// somebody takes it back, or another process has ended it
		if (found?.state !== 'running') return
		if (found.position >= found.staged) return finish(deps, importId)
		if (found.basis?.kind === 'unsure') return askReaders(deps, importId)
		const begun = performance.now()
		const ranges = rangesOf(found, size.rows)
		const queue = [...ranges]
		const all = Array.from({ length: lanes }, (_, lane) => addLane(deps, found, { queue, lane }))
		const failed = (await Promise.allSettled(all)).find((each) => each.status === 'rejected')
		if (failed) throw failed.reason
		if (queue.length > 0) return
		await moveOn(deps, found, ranges.at(-1)?.to ?? found.staged)
		size.tell(((performance.now() - begun) * lanes) / ranges.length)
	}
}

function rangesOf({ id: importId, position, staged }: ImportRecord, rows: number): RowRange[] {
	return Array.from({ length: lanes * rangesALane }, (_, place) => ({
		importId,
		from: position + place * rows,
		to: Math.min(position + (place + 1) * rows, staged),
	})).filter(({ from, to }) => from < to)
}

/** Takes one range after the other from the queue, until it is empty or the process stops. */
async function addLane(
	deps: ContinueImportDeps,
	found: ImportRecord,
	{ queue, lane }: { queue: RowRange[]; lane: number },
): Promise<void> {
	while (!deps.stopping.aborted) {
		const range = queue.shift()
		if (!range) return
		await addInTransaction(deps, found, { range, lane })
	}
}

async function addInTransaction(
	deps: ContinueImportDeps,
	{ id, position }: ImportRecord,
	{ range, lane }: { range: RowRange; lane: number },
): Promise<void> {
	await repeatTransaction(deps.db, async (tx) => {
		await commitLater(tx)
		const found = await shareImport(tx, id)
		if (found?.state === 'running' && found.position === position)
			await addRange(deps, tx, found, { range, lane })
	})
}

/** Unless another process was quicker. */
async function moveOn({ db }: ContinueImportDeps, { id, position }: ImportRecord, to: number): Promise<void> {
	await db.transaction().execute(async (tx) => {
		await commitLater(tx)
		const found = await lockImport(tx, id)
		if (found?.state !== 'running' || found.position !== position) return
		await updateImport(tx, id, { position: to, failures: 0 })
	})
}

/** Ends an import that has gone through all of its rows. */
export async function finish(deps: ContinueImportDeps, importId: number): Promise<void> {
	await deps.db.transaction().execute(async (tx: DatabaseOrTransaction) => {
		const found = await lockImport(tx, importId)
		if (found?.state !== 'running' || found.position < found.staged) return
		const outcomes = await countOutcomes(tx, importId)
		await endFile(tx, found)
		const ended = { finishedAt: deps.clock.now(), nextAt: null, failures: 0 }
		await updateImport(tx, importId, { state: 'done', outcomes, ...ended })
		const detail = Object.entries(outcomes)
			.map(([outcome, count]) => `${outcome} ${count}`)
			.join(', ')
		const entry = { actor: schedule, action: 'finish-import' as const, subject: subjectOf(importId), detail }
		await recordAudit({ ...deps, db: tx }, entry)
		deps.log.info({ importId, ...outcomes }, 'an import is done')
	})
}
