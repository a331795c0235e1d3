import { recordAudit } from '../../audit/index.ts'
import { type Actor, actorName } from '../../kernel/actor.ts'
import { AppError, invalidField } from '../../kernel/app-error.ts'
import type { FilePieces } from '../../kernel/csv/file-format.ts'
import { type ImportState, importStates } from '../../kernel/enumerations.ts'
import { openBytes, sealBytes } from '../../kernel/keys.ts'
import { getImport, holdImport, type ImportDeps, type ImportRecord, subjectOf } from './import.ts'
import { sniffEvidence } from './sniff-evidence.ts'
import { deleteEvidence, findEvidence, putEvidence } from './store/evidence.ts'
import { updateImport } from './store/imports.ts'

/** The largest file that is taken as evidence, in bytes. */
export const maxEvidenceBytes = 5_000_000

const purpose = (id: number) => `evidence of import ${id}`
const anyState: readonly ImportState[] = importStates

/**
 * Keeps a file that proves why the persons of an import may be mailed, in the place of one that is there: a PDF or a picture, encrypted.
 * What it is called is forgotten. Throws `not_found`, and `invalid` (`evidenceFile`).
 */
export async function addEvidence(
	deps: ImportDeps,
	id: number,
	content: FilePieces,
	actor: Actor,
): Promise<ImportRecord> {
	await getImport(deps, id, actor)
	const bytes = await readEvidence(content)
	const type = sniffEvidence(bytes)
	if (!type)
		throw invalidField('evidenceFile', `errors.import.evidence.${bytes.length === 0 ? 'empty' : 'type'}`)
	const { contentType, extension } = type
	await deps.db.transaction().execute(async (tx) => {
		await holdImport(tx, { id, states: anyState }, actor)
		await putEvidence(tx, id, sealBytes(deps.keys, purpose(id), bytes))
		const addedAt = deps.clock.now().toISOString()
		const evidenceFile = { contentType, extension, bytes: bytes.length, addedAt, addedBy: actorName(actor) }
		await updateImport(tx, id, { evidenceFile })
		const detail = `evidence, ${contentType}, ${bytes.length} bytes`
		await recordAudit({ ...deps, db: tx }, { actor, action: 'upload', subject: subjectOf(id), detail })
	})
	return getImport(deps, id, actor)
}

/** The file that proves consent; that somebody took it is written down first. Throws `not_found`. */
export async function readEvidenceFile(
	deps: Pick<ImportDeps, 'db' | 'clock' | 'keys'>,
	id: number,
	actor: Actor,
): Promise<{ contentType: string; extension: string; bytes: Buffer }> {
	const { evidenceFile } = await getImport(deps, id, actor)
	const sealed = await findEvidence(deps.db, id)
	if (!evidenceFile || !sealed) throw new AppError('not_found', 'errors.import.evidence.none')
	await recordAudit(deps, { actor, action: 'export', subject: subjectOf(id), detail: 'evidence' })
	const { contentType, extension } = evidenceFile
	return { contentType, extension, bytes: openBytes(deps.keys, purpose(id), sealed) }
}

/** Removes the file for good; that it was there stays in the audit log. Throws `not_found`. */
export async function removeEvidence(deps: ImportDeps, id: number, actor: Actor): Promise<ImportRecord> {
	await deps.db.transaction().execute(async (tx) => {
		const { evidenceFile } = await holdImport(tx, { id, states: anyState }, actor)
		if (!evidenceFile) throw new AppError('not_found', 'errors.import.evidence.none')
		await deleteEvidence(tx, [id])
		await recordAudit(
			{ ...deps, db: tx },
			{ actor, action: 'remove', subject: subjectOf(id), detail: 'evidence' },
		)
	})
	return getImport(deps, id, actor)
}

/** Holds no more than is taken. */
async function readEvidence(content: FilePieces): Promise<Buffer> {
	const pieces: Uint8Array[] = []
	let length = 0
	for await (const piece of content) {
		length += piece.length
		if (length > maxEvidenceBytes) {
			throw invalidField('evidenceFile', 'errors.import.evidence.too_large', {
				megabytes: maxEvidenceBytes / 1_000_000,
			})
		}
		pieces.push(piece)
	}
	return Buffer.concat(pieces)
}
