import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import type { ArchivedStory, DigestWish } from '../../kernel/tables/digests.ts'
import { pageLink } from '../../kernel/text-links.ts'
import { type Newsletter, textIn, zoneOf } from '../../newsletters/index.ts'
import type { Chosen } from '../choosing/choose-digest.ts'
import type { DigestStory, Rendition } from '../digest.ts'
import { firstWords } from '../letter.ts'
import { namePage } from './name-page.ts'
import { type PageSource, putTogether } from './put-together.ts'
import { insertPage, selectTakenNames } from './store/pages.ts'

type Made = {
	digestId: number
	isLetter: boolean
	introduction: DigestWish['introduction']
	now: Date
	chosen: Pick<Chosen, 'profiles' | 'variants'>
	renditions: readonly Rendition[]
}

/** Keeps what the archive will show of a digest once it has gone out. The newsletter is locked: names are given one after the other. */
export async function keepPages(
	tx: DatabaseOrTransaction,
	newsletter: Newsletter,
	{ chosen, renditions, ...made }: Made,
): Promise<void> {
	for (const source of putTogether(chosen, renditions)) await keepPage(tx, newsletter, source, made)
}

/** One of them, as `keepPages` does. */
export async function keepPage(
	tx: DatabaseOrTransaction,
	newsletter: Newsletter,
	source: PageSource,
	{ digestId, isLetter, introduction: introductions, now }: Omit<Made, 'chosen' | 'renditions'>,
): Promise<void> {
	const { locale, preheader } = source
	const introduction = introductions?.[locale]?.trim() || null
	const stories = source.stories.map(toArchived)
	const title = titleOf(source, { introduction, isLetter, name: textIn(newsletter, locale).name })
	const day = dayIn(zoneOf(newsletter), now)
	const taken = await selectTakenNames(tx, { newsletterId: newsletter.id, locale, day })
	await insertPage(tx, {
		digestId,
		newsletterId: newsletter.id,
		locale,
		name: namePage(day, title, taken),
		day,
		title,
		preheader,
		introduction,
		stories,
	})
}

/** Of a letter its subject, or how it begins where that says the newsletter's name alone; else its first story's title. */
function titleOf(
	{ subject, stories }: PageSource,
	{ introduction, isLetter, name }: { introduction: string | null; isLetter: boolean; name: string },
): string {
	const first = stories[0]?.title
	if (first && !isLetter) return first
	if (subject !== name) return subject
	return cut(firstWords(introduction ?? '')) || first || subject
}

const longestTitle = 90

function cut(words: string): string {
	const characters = [...words]
	if (characters.length <= longestTitle) return words
	return `${characters
		.slice(0, longestTitle)
		.join('')
		.replace(/\s+\S*$/, '')}…`
}

/** `2026-11-26` */
function dayIn(timeZone: string, at: Date): string {
	const parts = { year: 'numeric', month: '2-digit', day: '2-digit' } as const
	return new Intl.DateTimeFormat('en-CA', { ...parts, timeZone }).format(at)
}

function toArchived(story: DigestStory): ArchivedStory {
	const url = pageLink(story.imageUrl)
	return {
		title: story.title,
		link: pageLink(story.link) ?? null,
		summary: story.summary,
		locale: story.locale,
		picture: url ? { url, alt: story.imageAlt, size: story.imageSize ?? null } : null,
		author: story.author,
		category: story.categories[0] ?? null,
		publishedAt: story.publishedAt.toISOString(),
	}
}
