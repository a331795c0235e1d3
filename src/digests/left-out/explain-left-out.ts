import { addDays } from '../../kernel/clock.ts'
import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import type { Locale } from '../../kernel/messages.ts'
import type { Newsletter } from '../../newsletters/index.ts'
import type { Rendition, Variant } from '../digest.ts'
import { type LeftOutReason, selectLeftOut } from './store.ts'

/**
 * Stories that the readers of a language who chose nothing are not shown this time, for one reason: how many, and the newest
 * of them.
 */
export type LeftOut = {
	locale: Locale
	reason: LeftOutReason | 'no_room'
	count: number
	stories: Array<{ id: number; title: string }>
}

type Chosen = {
	now: Date
	storyIds: readonly number[] | undefined
	variants: readonly Variant[]
	renditions: ReadonlyArray<Pick<Rendition, 'locale' | 'stories'>>
}

/**
 * Tells what a digest leaves out and why: of the stories that staff chose each one, else those that a reader might have
 * expected; what earlier digests had is then not told.
 */
export async function explainLeftOut(
	db: DatabaseOrTransaction,
	newsletter: Newsletter,
	{ now, storyIds, variants, renditions }: Chosen,
): Promise<LeftOut[]> {
	const olderThan = addDays(now, -newsletter.storyMaxAgeDays)
	const all: LeftOut[] = []
	for (const { locale } of newsletter.texts) {
		const chosen = variants.find((each) => each.locale === locale)?.stories ?? []
		const shown = renditions.find((each) => each.locale === locale)?.stories ?? []
		const cutOff = chosen.slice(shown.length)
		if (cutOff.length > 0) {
			const stories = cutOff.slice(0, 20).map(({ id, title }) => ({ id, title }))
			all.push({ locale, reason: 'no_room', count: cutOff.length, stories })
		}
		const known = chosen.map(({ id, translationGroup }) => ({ id, translationGroup }))
		const others = await selectLeftOut(db, newsletter, { locale, storyIds, olderThan, known })
		all.push(...others.map((other) => ({ locale, ...other })))
	}
	return all
}
