import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import type { PictureSize } from '../../kernel/measure-picture.ts'

/** What is known of these pictures, by address; null where one could not be measured. */
export async function selectPictures(
	db: DatabaseOrTransaction,
	urls: readonly string[],
): Promise<Map<string, PictureSize | null>> {
	if (urls.length === 0) return new Map()
	const rows = await db.selectFrom('pictures').selectAll().where('url', 'in', urls).execute()
	return new Map(
		rows.map(({ url, width, height }) => [url, width === null || height === null ? null : { width, height }]),
	)
}

export async function putPicture(
	db: DatabaseOrTransaction,
	{ url, size, now }: { url: string; size: PictureSize | undefined; now: Date },
): Promise<void> {
	const columns = { width: size?.width ?? null, height: size?.height ?? null, measured_at: now }
	await db
		.insertInto('pictures')
		.values({ url, ...columns })
		.onConflict((conflict) => conflict.column('url').doUpdateSet(columns))
		.execute()
}

/** Forgets the sizes that were read before `measured`, and the failures before `failed`. */
export async function prunePictures(
	db: DatabaseOrTransaction,
	before: { measured: Date; failed: Date },
): Promise<void> {
	await db
		.deleteFrom('pictures')
		.where((eb) =>
			eb.or([
				eb('measured_at', '<', before.measured),
				eb.and([eb('width', 'is', null), eb('measured_at', '<', before.failed)]),
			]),
		)
		.execute()
}
