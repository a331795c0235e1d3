import { z } from 'zod'
import { findChanges, recordAudit } from '../../audit/index.ts'
import type { Actor } from '../../kernel/actor.ts'
import { AppError } from '../../kernel/app-error.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database.ts'
import type { Locale } from '../../kernel/messages.ts'
import { lineInput, linesInput } from '../../kernel/text-input.ts'
import { type KeptPage, selectKeptPages, setLeftOut, updateWords } from './store/changes.ts'

type Deps = { db: Database; clock: Clock }

/** What staff may mend of a page: the words of its title, its introduction, and its stories in their order. */
export const archiveWords = z.object({
	title: lineInput(300),
	introduction: z.union([z.literal(''), linesInput(5_000)]),
	stories: z
		.array(z.object({ title: lineInput(500), summary: z.union([z.literal(''), linesInput(20_000)]) }))
		.max(200),
})

export type ArchiveWords = z.output<typeof archiveWords>

/** The pages of a digest in the archive, whether they are published or not; none of one that is older than the archive. */
export function archiveOfDigest({ db }: { db: Database }, digestId: number): Promise<KeptPage[]> {
	return selectKeptPages(db, digestId)
}

/** Takes a digest out of the archive, in all languages, or puts it back; twice is fine. */
export async function leaveOutOfArchive(
	{ db, clock }: Deps,
	digestId: number,
	{ leftOut, actor }: { leftOut: boolean; actor: Actor },
): Promise<void> {
	await db.transaction().execute(async (tx) => {
		if (!(await setLeftOut(tx, digestId, leftOut ? clock.now() : null))) return
		const action = leftOut ? 'leave-out' : 'put-back'
		await recordAudit({ db: tx, clock }, { actor, action, subject: `digest:${digestId}` })
	})
}

/**
 * Mends the words of a page; its address stays, and it says that it was mended, where anything is other than before. What was
 * mailed is not touched. Throws `not_found` where there is no such page, and `conflict` where it has other stories than the words.
 */
export async function amendArchive(
	{ db, clock }: Deps,
	{ digestId, locale }: { digestId: number; locale: Locale },
	{ words, actor }: { words: ArchiveWords; actor: Actor },
): Promise<void> {
	await db.transaction().execute(async (tx) => {
		const pages = await selectKeptPages(tx, digestId, { lock: true })
		const page = pages.find((each) => each.locale === locale)
		if (!page) throw new AppError('not_found', 'errors.not_found')
		if (page.stories.length !== words.stories.length) throw new AppError('conflict', 'errors.archive_stories')
		const mended = {
			title: words.title,
			introduction: words.introduction || null,
			stories: page.stories.map((story, index) => ({ ...story, ...words.stories[index] })),
		}
		const changes = findChanges(wordsOf(page), wordsOf(mended))
		if (changes.length === 0) return
		await updateWords(tx, { digestId, locale }, { ...mended, now: clock.now() })
		const entry = { actor, action: 'change' as const, subject: `digest:${digestId}`, detail: locale, changes }
		await recordAudit({ db: tx, clock }, entry)
	})
}

/** As the audit log compares them. */
function wordsOf({ title, introduction, stories }: Pick<KeptPage, 'title' | 'introduction' | 'stories'>) {
	const told = stories.map((story, index) => [
		`story_${index + 1}`,
		{ title: story.title, summary: story.summary },
	])
	return { title, introduction, ...Object.fromEntries(told) }
}
