import type { Clock } from '../../kernel/clock.ts'
import { addDays } from '../../kernel/clock.ts'
import type { Database, DatabaseOrTransaction } from '../../kernel/database.ts'
import type { MeasurePicture } from '../../kernel/measure-picture.ts'
import type { Variant } from '../digest.ts'
import { prunePictures, putPicture, selectPictures } from './store.ts'

export type MeasureDeps = { db: Database; clock: Clock; measurePicture: MeasurePicture }

const patienceMs = 3_000
const atOnce = 6
const maxUrlLength = 2_000

/**
 * Learns how large the pictures of a variants are, as far as that is not known yet, before anything is locked. It takes
 * three seconds at most; what could not be measured in time is shown small, and tried again another day.
 */
export async function measurePictures(deps: MeasureDeps, variants: readonly Variant[]): Promise<void> {
	const urls = urlsOf(variants)
	if (urls.length === 0) return
	const now = deps.clock.now()
	await prunePictures(deps.db, { measured: addDays(now, -90), failed: addDays(now, -1) })
	const known = await selectPictures(deps.db, urls)
	const unknown = urls.filter((url) => !known.has(url))
	const signal = AbortSignal.timeout(patienceMs)
	const measureNext = async (): Promise<void> => {
		for (let url = unknown.shift(); url !== undefined; url = unknown.shift()) {
			const size = signal.aborted ? undefined : await deps.measurePicture(url, signal)
			await putPicture(deps.db, { url, size, now })
		}
	}
	await Promise.all(Array.from({ length: atOnce }, measureNext))
}

/** The stories with the sizes of their pictures, where those are known. */
export async function withPictureSizes(
	db: DatabaseOrTransaction,
	variants: readonly Variant[],
): Promise<readonly Variant[]> {
	const sizes = await selectPictures(db, urlsOf(variants))
	return variants.map(({ locale, stories }) => ({
		locale,
		stories: stories.map((story) => ({ ...story, imageSize: sizes.get(story.imageUrl ?? '') ?? null })),
	}))
}

function urlsOf(variants: readonly Variant[]): string[] {
	const urls = variants.flatMap(({ stories }) => stories.flatMap(({ imageUrl }) => imageUrl ?? []))
	return [...new Set(urls)].filter((url) => url.length <= maxUrlLength)
}
