import { recordAudit } from '../../audit/index.ts'
import { type Actor, actorName, maySee } from '../../kernel/actor.ts'
import { AppError, invalidField } from '../../kernel/app-error.ts'
import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import { getNewsletter } from '../../newsletters/index.ts'
import { getImport, type ImportDeps, type ImportRecord, maxImportBytes, subjectOf } from './import.ts'
import { guessShape } from './look-at-import.ts'
import { insertFilePart } from './store/file-parts.ts'
import { insertImport, updateImport } from './store/imports.ts'

export type FileToImport = {
	/** The slug. */
	newsletter: string
	fileName: string
	content: AsyncIterable<Buffer> | Iterable<Buffer>
}

/**
 * Takes a file of readers as it streams in, keeps it in pieces and looks at it: encoding, separator and columns are guessed.
 * Nothing else happens until somebody asks for it. Throws `not_found` for the newsletter, `too_large`, and `invalid` for a file
 * that is none of rows.
 */
export async function startImport(
	deps: ImportDeps,
	{ newsletter: slug, fileName, content }: FileToImport,
	actor: Actor,
): Promise<ImportRecord> {
	const newsletter = await getNewsletter(deps, { slug })
	if (!maySee(actor, newsletter.id)) throw new AppError('not_found', 'errors.import.not_found')
	const id = await deps.db.transaction().execute(async (tx) => {
		const id = await insertImport(tx, {
			newsletterId: newsletter.id,
			broughtBy: actorName(actor),
			fileName: fileName.slice(-200),
			createdAt: deps.clock.now(),
		})
		const fileBytes = await keepFile(tx, id, content)
		if (fileBytes === 0) throw invalidField('file', 'errors.import.file.empty')
		const shape = await guessShape(tx, id, newsletter)
		await updateImport(tx, id, { fileBytes, shape })
		const detail = `${slug}: ${fileBytes} bytes`
		await recordAudit({ ...deps, db: tx }, { actor, action: 'upload', subject: subjectOf(id), detail })
		return id
	})
	return getImport(deps, id, actor)
}

const partBytes = 250_000

/** Gives how many bytes there were. */
async function keepFile(
	tx: DatabaseOrTransaction,
	importId: number,
	content: FileToImport['content'],
): Promise<number> {
	let [part, total, waiting] = [0, 0, 0]
	let chunks: Buffer[] = []
	const keep = async () => {
		await insertFilePart(tx, { importId, part: part++, bytes: Buffer.concat(chunks) })
		chunks = []
		waiting = 0
	}
	for await (const chunk of content) {
		total += chunk.length
		if (total > maxImportBytes) {
			const params = { megabytes: maxImportBytes / 1_000_000 }
			throw new AppError('too_large', 'errors.import.file.too_large', { params })
		}
		for (let at = 0; at < chunk.length; ) {
			const taken = chunk.subarray(at, at + partBytes - waiting)
			chunks.push(taken)
			waiting += taken.length
			at += taken.length
			if (waiting === partBytes) await keep()
		}
	}
	if (waiting > 0) await keep()
	return total
}
