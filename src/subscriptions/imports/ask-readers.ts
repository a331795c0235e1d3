import { addSeconds } from '../../kernel/clock.ts'
import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import { repeatTransaction } from '../../kernel/repeat-transaction.ts'
import { addRange } from './add-range.ts'
import { finish } from './add-readers.ts'
import type { ContinueImportDeps } from './continue-import.ts'
import { findPlacesOfNew } from './store/adding.ts'
import { type ImportRecord, lockImport, updateImport } from './store/imports.ts'

const rowsAtOnce = 500
// the queue is looked after about each minute
const secondsBetween = 60

/**
 * Adds those of an import who are to be asked to confirm, as many as are due now: evenly over the day, so many in a minute. While
 * sending is held it adds nobody, so that not all days' mails go out at once afterwards.
 */
export async function askReaders(deps: ContinueImportDeps, importId: number): Promise<void> {
	for (let goesOn = true; goesOn && !deps.stopping.aborted; ) {
		if (await deps.installation.findHold()) return
		const asked = await repeatTransaction(deps.db, (tx) => askSome(deps, tx, importId))
		for (const noticeId of asked.noticeIds) {
			await deps.jobs.enqueue('send-notice', { noticeId }, { dedupe: String(noticeId) })
		}
		goesOn = asked.goesOn
	}
	await finish(deps, importId)
}

/** Some of them and how far the import is with it: both or neither, so that nobody is asked twice. */
async function askSome(
	deps: ContinueImportDeps,
	tx: DatabaseOrTransaction,
	importId: number,
): Promise<{ goesOn: boolean; noticeIds: number[] }> {
	const found = await lockImport(tx, importId)
	const now = deps.clock.now()
	const isDue = found?.state === 'running' && (found.nextAt === null || found.nextAt <= now)
	if (!isDue || found.position >= found.staged) return { goesOn: false, noticeIds: [] }
	const { to, waitSeconds } = await nextToAsk(tx, found)
	const range = { importId, from: found.position, to }
	const noticeIds = await addRange(deps, tx, found, { range, lane: 0 })
	const nextAt = waitSeconds > 0 && to < found.staged ? addSeconds(now, waitSeconds) : null
	await updateImport(tx, importId, { position: to, failures: 0, nextAt })
	return { goesOn: nextAt === null, noticeIds }
}

/** Rows of which nobody is asked are passed quickly. */
async function nextToAsk(
	tx: DatabaseOrTransaction,
	{ id: importId, basis, position: from, staged }: ImportRecord,
): Promise<{ to: number; waitSeconds: number }> {
	const perDay = basis?.perDay ?? 1
	const waitSeconds = Math.max(secondsBetween, Math.round(86_400 / perDay))
	const many = Math.max(1, Math.floor((perDay * waitSeconds) / 86_400))
	const places = await findPlacesOfNew(tx, { importId, from, limit: many + 1 })
	const [first] = places
	const last = places.length > many ? places[many - 1] : staged
	const to = Math.min(last ?? staged, from + rowsAtOnce, staged)
	return { to, waitSeconds: first !== undefined && first <= to ? waitSeconds : 0 }
}
