import { recordAudit } from '../../audit/index.ts'
import { schedule } from '../../kernel/actor.ts'
import { addSeconds } from '../../kernel/clock.ts'
import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import { hashAddress } from '../../kernel/keys.ts'
import { Overtaken, repeatTransaction } from '../../kernel/repeat-transaction.ts'
import { getNewsletter } from '../../newsletters/index.ts'
import { suppressAll } from '../../suppressions/index.ts'
import { mailboxOf } from '../mailbox-of.ts'
import { createBatchSize } from './batch-size.ts'
import type { ContinueImportDeps } from './continue-import.ts'
import { type ImportDeps, type ImportRecord, subjectOf } from './import.ts'
import {
	type Adding,
	findPlacesOfNew,
	insertAsks,
	insertPersons,
	insertSubscriptions,
	lockRowAddresses,
	type RowRange,
	selectToAsk,
	selectToSuppress,
} from './store/adding.ts'
import { deleteFileParts } from './store/file-parts.ts'
import { lockImport, updateImport } from './store/imports.ts'
import { overwriteChoices, overwriteNames } from './store/overwriting.ts'
import { countOutcomes } from './store/rows.ts'

/** Adds the staged rows of an import, from where it was; those who are to be asked, as many as are due now. */
export async function addReaders(deps: ContinueImportDeps, importId: number): Promise<void> {
	const size = createBatchSize()
	for (let isLeft = true; isLeft && !deps.stopping.aborted; ) {
		const begun = performance.now()
		const { goesOn, noticeIds } = await repeatTransaction(deps.db, (tx) =>
			addBatch(deps, tx, importId, size.rows),
		)
		size.tell(performance.now() - begun)
		for (const noticeId of noticeIds) {
			await deps.jobs.enqueue('send-notice', { noticeId }, { dedupe: String(noticeId) })
		}
		isLeft = goesOn
	}
}

type Batch = { goesOn: boolean; noticeIds: number[] }
const over: Batch = { goesOn: false, noticeIds: [] }

/** One batch and how far the import is with it: both or neither. */
async function addBatch(
	deps: ContinueImportDeps,
	tx: DatabaseOrTransaction,
	importId: number,
	rows: number,
): Promise<Batch> {
	const found = await lockImport(tx, importId)
	// somebody takes it back, or another process was quicker
	if (found?.state !== 'running') return over
	const now = deps.clock.now()
	if (found.nextAt && found.nextAt > now) return over
	if (found.position >= found.staged) {
		await finish(deps, tx, found)
		return over
	}
	const from = found.position
	const paced = await nextAsks(tx, found, rows)
	const range = { importId, from, to: paced?.to ?? Math.min(from + rows, found.staged) }
	const noticeIds = await addRange(deps, tx, found, range)
	const nextAt = paced ? addSeconds(now, paced.waitSeconds) : null
	await updateImport(tx, importId, { position: range.to, failures: 0, nextAt })
	return { goesOn: nextAt === null || range.to >= found.staged, noticeIds }
}

// the queue is looked after about each minute
const secondsBetweenAsks = 60

/** Who is asked to confirm is asked evenly over the day: so many in a minute. Rows of which nobody is asked are passed quickly. */
async function nextAsks(
	tx: DatabaseOrTransaction,
	{ id: importId, basis, position: from, staged }: ImportRecord,
	rows: number,
): Promise<{ to: number; waitSeconds: number } | undefined> {
	if (basis?.kind !== 'unsure') return undefined
	const perDay = basis.perDay ?? 1
	const waitSeconds = Math.max(secondsBetweenAsks, Math.round(86_400 / perDay))
	const many = Math.max(1, Math.floor((perDay * waitSeconds) / 86_400))
	const [first, last] = await findPlacesOfNew(tx, { importId, from, many })
	const to = Math.min(last ?? staged, from + rows, staged)
	return { to, waitSeconds: first !== undefined && first <= to ? waitSeconds : 0 }
}

/**
 * Adds a range of rows as things stand now. Order of locks: the import, addresses, persons, subscriptions, notices,
 * suppressions. Gives the notices that are due.
 */
export async function addRange(
	{ clock, keys }: Pick<ImportDeps, 'clock' | 'keys'>,
	tx: DatabaseOrTransaction,
	found: ImportRecord,
	range: RowRange,
): Promise<number[]> {
	const { newsletterId, basis, overwrite } = found
	if (!basis) throw new Error('an import without a basis of consent runs')
	const { defaultLocale } = await getNewsletter({ db: tx }, { id: newsletterId })
	const now = clock.now()
	const adding: Adding = { ...range, newsletterId, basis, now, defaultLocale }
	await lockRowAddresses(tx, range)
	await insertPersons(tx, { ...range, now })
	if (overwrite.includes('names')) await overwriteNames(tx, adding)
	const { missing } = await insertSubscriptions(tx, adding)
	if (missing > 0) throw new Overtaken()
	if (overwrite.includes('choices')) await overwriteChoices(tx, adding)
	const noticeIds = basis.kind === 'unsure' ? await ask({ keys }, tx, adding) : []
	const toSuppress = await selectToSuppress(tx, range)
	await suppressAll(
		tx,
		toSuppress.map(({ addressHash, state }) => ({
			addressHash,
			reason: state === 'complained' ? 'complaint' : 'dead_address',
			evidence: evidenceOf(range.importId),
			at: now,
		})),
	)
	return noticeIds
}

/** What a suppression says that came by an import. */
export const evidenceOf = (importId: number) => `import ${importId}`

async function ask(
	{ keys }: Pick<ImportDeps, 'keys'>,
	tx: DatabaseOrTransaction,
	adding: Adding,
): Promise<number[]> {
	const toAsk = await selectToAsk(tx, adding)
	const hashed = toAsk.map(({ id, locale, address, comparable }) => {
		const at = address.lastIndexOf('@')
		const whole = { local: address.slice(0, at), domain: address.slice(at + 1), comparable }
		return { id, locale, mailboxHash: hashAddress(keys, mailboxOf(whole)) }
	})
	return insertAsks(tx, hashed, adding.now)
}

async function finish(
	deps: ContinueImportDeps,
	tx: DatabaseOrTransaction,
	{ id }: ImportRecord,
): Promise<void> {
	const outcomes = await countOutcomes(tx, id)
	await deleteFileParts(tx, id)
	await updateImport(tx, id, {
		state: 'done',
		outcomes,
		finishedAt: deps.clock.now(),
		nextAt: null,
		failures: 0,
	})
	const detail = Object.entries(outcomes)
		.map(([outcome, count]) => `${outcome} ${count}`)
		.join(', ')
	await recordAudit(
		{ ...deps, db: tx },
		{ actor: schedule, action: 'finish-import', subject: subjectOf(id), detail },
	)
	deps.log.info({ importId: id, ...outcomes }, 'an import is done')
}
