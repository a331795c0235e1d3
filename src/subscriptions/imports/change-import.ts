import { recordAudit } from '../../audit/index.ts'
import type { Actor } from '../../kernel/actor.ts'
import { AppError, invalidField } from '../../kernel/app-error.ts'
import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import type { ImportOverwrite } from '../../kernel/enumerations.ts'
import type { ImportBasis } from '../../kernel/tables/imports.ts'
import { getImport, holdImport, type ImportDeps, type ImportRecord, subjectOf } from './import.ts'
import { reshape, type ShapeChange } from './look-at-import.ts'
import { updateImport } from './store/imports.ts'
import { applyBasis as applyToRows, countOutcomes, deleteRows } from './store/rows.ts'

/** What can be said of an import before it runs; what is left out stays as it is. */
export type ImportChanges = {
	/** How the file is read: what was checked is then to be checked anew. */
	shape?: ShapeChange | undefined
	basis?: BasisInput | undefined
	overwrite?: ImportOverwrite[] | undefined
}

/** A basis of consent as it is typed; what does not belong to its kind is left out. */
export type BasisInput = Pick<ImportBasis, 'kind'> & Partial<Omit<ImportBasis, 'kind'>>

/** Canada's law gives so long after the last gift, membership or work (CASL s. 10(9)). */
export const usualMonths = 24
/** So many people are asked to confirm in a day where nothing is said. */
export const usualPerDay = 500

/**
 * Changes how the file is read, why its persons may be mailed, and what of readers who are here it changes. Throws `not_found`,
 * `conflict` once it runs, and `invalid`.
 */
export async function changeImport(
	deps: ImportDeps,
	id: number,
	{ shape, basis, overwrite }: ImportChanges,
	actor: Actor,
): Promise<ImportRecord> {
	await deps.db.transaction().execute(async (tx) => {
		const before = await holdImport(tx, { id, states: ['looked', 'checked', 'failed'] }, actor)
		if (before.startedAt) throw new AppError('conflict', 'errors.import.state.failed')
		if (shape) {
			await deleteRows(tx, id)
			const reset = {
				state: 'looked',
				staged: 0,
				bytesRead: 0,
				outcomes: null,
				checkedAt: null,
				problem: null,
			} as const
			await updateImport(tx, id, { ...reset, failures: 0, shape: await reshape(tx, before, shape) })
		}
		if (overwrite) await updateImport(tx, id, { overwrite })
		if (basis) {
			await updateImport(tx, id, { basis: checkBasis(basis, before.evidenceFile !== null, deps.clock.now()) })
			if (before.state === 'checked' && !shape) await applyBasis({ ...deps, db: tx }, id)
		}
		const detail = [shape && 'columns', basis && `basis ${basis.kind}`, overwrite && 'overwrite']
			.filter(Boolean)
			.join(', ')
		await recordAudit({ ...deps, db: tx }, { actor, action: 'change', subject: subjectOf(id), detail })
	})
	return getImport(deps, id, actor)
}

/** Has the basis of consent tell which of the staged rows it covers, and counts again. */
export async function applyBasis(
	{ db: tx, clock }: { db: DatabaseOrTransaction; clock: ImportDeps['clock'] },
	id: number,
): Promise<void> {
	const { basis } = await getImport({ db: tx }, id, { kind: 'operator' })
	if (basis) await applyToRows(tx, id, limitsOf(basis, clock.now()))
	await updateImport(tx, id, { outcomes: await countOutcomes(tx, id) })
}

function limitsOf({ kind, day, months }: ImportBasis, now: Date) {
	const oldest = new Date(now)
	oldest.setUTCMonth(oldest.getUTCMonth() - (months ?? 0))
	return {
		needsDay: kind === 'asked' && day === null,
		oldest: kind === 'members' ? oldest : null,
		over: kind === 'unsure' ? null : now,
	}
}

/** Throws `invalid`. */
function checkBasis({ kind, ...given }: BasisInput, hasFile: boolean, now: Date): ImportBasis {
	const { day = null, words = null, evidence = null, months = usualMonths, perDay = usualPerDay } = given
	const isAsked = kind === 'asked'
	if (isAsked && !words && !evidence && !hasFile) throw invalidField('words', 'errors.import.basis.no_proof')
	if (day !== null && day > now.toISOString().slice(0, 10)) {
		throw invalidField('day', 'errors.import.basis.day')
	}
	const proof = kind === 'unsure' ? { day: null, words: null, evidence: null } : { day, words, evidence }
	return {
		kind,
		...proof,
		months: kind === 'members' ? months : null,
		perDay: kind === 'unsure' ? perDay : null,
	}
}
