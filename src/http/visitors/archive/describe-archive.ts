import { type ListedPage, listArchive, listArchiveYears } from '../../../digests/index.ts'
import type { Database } from '../../../kernel/database.ts'
import { formatDay, formatDayOfYear } from '../../../kernel/format-day.ts'
import type { Locale } from '../../../kernel/messages.ts'
import { datesOf, type Newsletter } from '../../../newsletters/index.ts'
import { pathOf } from '../describe-newsletter.ts'

/** A past digest as a list shows it. */
export type ArchiveRow = Pick<ListedPage, 'title' | 'kind' | 'isCorrection' | 'picture'> & {
	path: string
	/** In words: with its year, and without it. */
	day: string
	dayOfYear: string
	year: string
	/** The titles of the stories that follow the one it is called by, as many as a list shows, and how many more there are. */
	others: readonly string[]
	more: number
}

/** What the page of a newsletter shows of its past digests. */
export type ArchiveFront = {
	latest: ArchiveRow
	/** Those before it, by year. */
	years: Array<{ year: string; rows: ArchiveRow[] }>
	/** The year of which there is more, and the years before it. */
	earlier: { year: string; path: string } | null
	otherYears: Array<{ year: string; path: string }>
	feed: string
}

const onFront = 10
const titlesOfLatest = 2
const titlesOfOthers = 1

export function archivePath(newsletter: { slug: string }, locale: Locale, name?: string): string {
	return `${pathOf(newsletter, locale)}/archive${name === undefined ? '' : `/${name}`}`
}

export function feedPath(newsletter: { slug: string }, locale: Locale): string {
	return `${pathOf(newsletter, locale)}/feed`
}

/** Undefined where the newsletter has no archive in the language, or nothing in it yet. */
export async function describeFront(
	deps: { db: Database },
	newsletter: Newsletter,
	locale: Locale,
): Promise<ArchiveFront | undefined> {
	const [first, ...rest] = await listArchive(deps, newsletter, { locale, limit: onFront + 1 })
	if (!first) return undefined
	const rows = rest.map((page) => toRow(newsletter, locale, page, titlesOfOthers))
	const years = [...Map.groupBy(rows, ({ year }) => year)].map(([year, ofYear]) => ({ year, rows: ofYear }))
	const counts = await listArchiveYears(deps, newsletter, locale)
	const toYear = (year: string) => ({ year, path: `${archivePath(newsletter, locale)}?year=${year}` })
	const shown = [first, ...rest].map(({ day }) => day.slice(0, 4))
	const last = shown.at(-1) ?? ''
	const count = counts.find(({ year }) => year === last)?.count ?? 0
	return {
		latest: toRow(newsletter, locale, first, titlesOfLatest),
		years,
		earlier: count > shown.filter((year) => year === last).length ? toYear(last) : null,
		otherYears: counts.filter(({ year }) => year < last).map(({ year }) => toYear(year)),
		feed: feedPath(newsletter, locale),
	}
}

export function toRow(
	newsletter: Newsletter,
	locale: Locale,
	{ name, day, title, storyTitles, ...page }: ListedPage,
	titles = titlesOfOthers,
): ArchiveRow {
	const manner = dayManner(newsletter, locale)
	const at = toDate(day)
	const following = storyTitles[0] === title ? storyTitles.slice(1) : storyTitles
	return {
		title,
		kind: page.kind,
		isCorrection: page.isCorrection,
		picture: page.picture,
		path: archivePath(newsletter, locale, name),
		day: formatDay(at, manner),
		dayOfYear: formatDayOfYear(at, manner),
		year: day.slice(0, 4),
		others: following.slice(0, titles),
		more: Math.max(0, following.length - titles),
	}
}

/** A day of the archive in words. */
export function speakDay(newsletter: Newsletter, locale: Locale, day: string): string {
	return formatDay(toDate(day), dayManner(newsletter, locale))
}

/** Its days are days already, in whatever zone. */
function dayManner(newsletter: Newsletter, locale: Locale) {
	return { locale, timeZone: 'UTC', order: datesOf(newsletter).dayOrder }
}

function toDate(day: string): Date {
	return new Date(`${day}T00:00:00Z`)
}
