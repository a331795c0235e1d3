import { recordAudit } from '../../audit/index.ts'
import type { Actor } from '../../kernel/actor.ts'
import { AppError, invalidField } from '../../kernel/app-error.ts'
import { formatAddress, parseEmailAddress } from '../../kernel/email-address.ts'
import type { ImportOutcome } from '../../kernel/enumerations.ts'
import { hashAddress } from '../../kernel/keys.ts'
import { repeatTransaction } from '../../kernel/repeat-transaction.ts'
import { addRange } from './add-range.ts'
import { applyBasis } from './change-import.ts'
import { getImport, holdImport, type ImportDeps, type ImportRecord, subjectOf } from './import.ts'
import { updateImport } from './store/imports.ts'
import { countOutcomes, lockRow, setRowAddress } from './store/rows.ts'

/**
 * Gives an unusable row of an import another address: before it runs, so that it is added with the others; after it has run, at
 * once. Throws `not_found`, `conflict`, and `invalid` for the address.
 */
export async function correctRow(
	deps: ImportDeps,
	{ id, number, address: typed }: { id: number; number: number; address: string },
	actor: Actor,
): Promise<ImportRecord> {
	const parsed = parseEmailAddress(typed)
	if (!parsed.ok) throw invalidField('address', `errors.address.${parsed.problem}`)
	const { comparable } = parsed.address
	const address = {
		address: formatAddress(parsed.address),
		comparable,
		hash: hashAddress(deps.keys, comparable),
	}
	const noticeIds = await repeatTransaction(deps.db, async (tx) => {
		const found = await holdImport(tx, { id, states: ['checked', 'done'] }, actor)
		const row = await lockRow(tx, id, number)
		if (!row) throw new AppError('not_found', 'errors.import.no_row')
		if (row.outcome !== 'unusable') throw new AppError('conflict', 'errors.import.row_is_fine')
		if (!isCorrectable(row)) throw new AppError('conflict', 'errors.import.not_by_address')
		await setRowAddress(tx, { importId: id, newsletterId: found.newsletterId, number }, address)
		await applyBasis({ ...deps, db: tx }, id)
		const range = { importId: id, from: number - 1, to: number }
		const noticeIds = found.state === 'done' ? await addRange(deps, tx, found, { range, lane: 0 }) : []
		await updateImport(tx, id, { outcomes: await countOutcomes(tx, id) })
		await recordAudit(
			{ ...deps, db: tx },
			{ actor, action: 'correct', subject: subjectOf(id), detail: `row ${number}` },
		)
		return noticeIds
	})
	for (const noticeId of noticeIds) await deps.jobs.enqueue('send-notice', { noticeId })
	return getImport(deps, id, actor)
}

/** Whether another address makes a row usable: that of somebody who never confirmed, for instance, it does not. */
export function isCorrectable({
	outcome,
	reason,
}: {
	outcome: ImportOutcome
	reason: string | null
}): boolean {
	if (outcome !== 'unusable') return false
	return reason?.startsWith('errors.address.') === true || reason === 'errors.import.row.encoding'
}
