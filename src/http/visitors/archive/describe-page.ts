import type { ArchivePage, PageLink } from '../../../digests/index.ts'
import { formatDay } from '../../../kernel/format-day.ts'
import { formatMarkdown } from '../../../kernel/format-markdown.ts'
import type { Locale } from '../../../kernel/messages.ts'
import type { ArchivedPicture } from '../../../kernel/tables/digests.ts'
import { hostOf } from '../../../kernel/text-links.ts'
import { datesOf, type Newsletter } from '../../../newsletters/index.ts'
import { archivePath, speakDay } from './describe-archive.ts'

/** A picture on a page: large over the text, or small beside it. */
export type ShownPicture = ArchivedPicture & { isWide: boolean }

export type ShownStory = {
	title: string
	link: string | null
	host: string | null
	paragraphs: string[]
	/** Null where it is that of the page. */
	locale: Locale | null
	picture: ShownPicture | null
	/** Day, author, language: what is known of them. */
	about: string[]
	category: string | null
}

export type ShownLink = { path: string; day: string; title: string }

/** A past digest as its page shows it. */
export type ShownPage = {
	title: string
	description: string
	day: string
	/** HTML. */
	introduction: string | null
	stories: ShownStory[]
	picture: ArchivedPicture | null
	kind: ArchivePage['kind']
	isCorrection: boolean
	isStopped: boolean
	corrects: ShownLink | null
	correctedBy: ShownLink | null
	/** The day on which its copy here was mended. */
	amended: string | null
	older: ShownLink | null
	newer: ShownLink | null
}

/** Scripts and styles of others have no place in it: of what was written only text, links and pictures are left. */
export function describePage(newsletter: Newsletter, page: ArchivePage): ShownPage {
	const { locale } = page
	const { timeZone, dayOrder: order } = datesOf(newsletter)
	const toDay = (at: Date) => formatDay(at, { locale, timeZone, order })
	const toLink = (link: PageLink | null) =>
		link && {
			path: archivePath(newsletter, locale, link.name),
			day: speakDay(newsletter, locale, link.day),
			title: link.title,
		}
	return {
		title: page.title,
		description: page.preheader,
		day: speakDay(newsletter, locale, page.day),
		introduction: page.introduction && formatMarkdown(page.introduction),
		stories: page.stories.map((story) => ({
			title: story.title,
			link: story.link,
			host: story.link && hostOf(story.link),
			paragraphs: toParagraphs(story.summary),
			locale: story.locale === locale ? null : story.locale,
			picture: toShown(story.picture),
			about: [toDay(new Date(story.publishedAt)), story.author, nameOfOther(story.locale, locale)].filter(
				(each): each is string => Boolean(each),
			),
			category: story.category,
		})),
		picture: toShown(page.picture),
		kind: page.kind,
		isCorrection: page.isCorrection,
		isStopped: page.isStopped,
		corrects: toLink(page.corrects),
		correctedBy: toLink(page.correctedBy),
		amended: page.correctedAt && toDay(page.correctedAt),
		older: toLink(page.older),
		newer: toLink(page.newer),
	}
}

function toParagraphs(summary: string): string[] {
	return summary.split(/\n{2,}/).filter((each) => each.trim())
}

/** Browsers that load our pages load no picture of an address without TLS. */
function toShown(picture: ArchivedPicture | null): ShownPicture | null {
	if (!picture?.url.startsWith('https:')) return null
	const { size } = picture
	return { ...picture, isWide: size !== null && size.width >= 512 && size.width / size.height >= 1.2 }
}

function nameOfOther(other: Locale, locale: Locale): string | undefined {
	if (other.split('-')[0] === locale.split('-')[0]) return undefined
	return new Intl.DisplayNames(locale, { type: 'language' }).of(other)
}
