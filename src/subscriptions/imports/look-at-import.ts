import type { Actor } from '../../kernel/actor.ts'
import { AppError } from '../../kernel/app-error.ts'
import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import { getNewsletter, listTopics, type Newsletter } from '../../newsletters/index.ts'
import { getImport, type ImportRecord } from './import.ts'
import {
	type FileLook,
	type FileShape,
	lookAtFile,
	type ReadReader,
	usualDateOrder,
} from './reading/index.ts'
import { readFileParts } from './store/file-parts.ts'
import { createReadFor } from './to-row.ts'

/** What of the way that a file is read is known better than it was guessed. */
export type ShapeChange = {
	[Field in Exclude<keyof FileShape, 'dateOrderBy' | 'dateOrderLine'>]?: FileShape[Field] | undefined
}

/** What the beginning of a file shows; `readers`: what its first rows are taken for, in their order. */
export type ImportLook = FileLook & { readers: ReadReader[] }

/**
 * Looks at the beginning of an import's file, read as it is now. Throws `not_found`, and `conflict` once the file is not kept
 * any more.
 */
export async function lookAtImport(
	{ db }: { db: DatabaseOrTransaction },
	id: number,
	actor: Actor,
): Promise<ImportLook> {
	const { shape, newsletterId } = await getImport({ db }, id, actor)
	const file = readFileParts(db, id)
	const { value: first } = await file.next()
	if (!first) throw new AppError('conflict', 'errors.import.file.gone')
	async function* pieces() {
		yield first
		yield* file
	}
	const look = await lookAtFile(pieces(), shape)
	const newsletter = await getNewsletter({ db }, { id: newsletterId })
	const topics = await listTopics({ db }, newsletterId)
	return { ...look, readers: look.rows.map(createReadFor({ newsletter, topics, shape: look.shape })) }
}

/** How a file is read, guessed from its beginning. Throws `invalid` for what is no table. */
export async function guessShape(
	tx: DatabaseOrTransaction,
	id: number,
	{ defaultLocale }: Pick<Newsletter, 'defaultLocale'>,
): Promise<FileShape> {
	return (await lookAtFile(readFileParts(tx, id), {}, usualDateOrder(defaultLocale))).shape
}

/** How a file is read after a change; where its cells are others then, what they hold is guessed anew. Throws `invalid`. */
export async function reshape(
	tx: DatabaseOrTransaction,
	{ id, shape, newsletterId }: Pick<ImportRecord, 'id' | 'shape' | 'newsletterId'>,
	change: ShapeChange,
): Promise<FileShape> {
	const { columns, dateOrder, dateOrderBy, dateOrderLine, ...layout } = shape
	const hasOtherCells = (['encoding', 'separator', 'hasHeader'] as const).some(
		(field) => change[field] !== undefined && change[field] !== shape[field],
	)
	const keepsOrder = !hasOtherCells && (!change.columns || dateOrderBy === 'staff')
	const asked = {
		...layout,
		...(!hasOtherCells && { columns }),
		...(keepsOrder && { dateOrder, dateOrderBy, dateOrderLine }),
		...Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)),
		...(change.dateOrder && { dateOrderBy: 'staff' as const, dateOrderLine: null }),
	}
	const { defaultLocale } = await getNewsletter({ db: tx }, { id: newsletterId })
	return (await lookAtFile(readFileParts(tx, id), asked, usualDateOrder(defaultLocale))).shape
}
